import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { disk } from '../../platform/disk.js';
import { RealDate } from '../../platform/time.js';
import { errnoOf, notTheApi, refusalOfApi } from '../errors.js';
import { withRetries } from '../retry.js';
import { networkFailure, peerOf } from '../transport/network-failure.js';
import { readShort } from '../transport/transport.js';
import { WireFailure } from '../wire-failure.js';
import type { Api } from './api.js';

const { mkdir, readFile, rename, writeFile } = disk.promises;

/** The `Authorization` of requests to the base URL. */
export interface Credentials {
  /** Rejects with EACCES where there is nothing to authorise with. */
  authorization(signal: AbortSignal | undefined): Promise<string>;
  /** The server refused what was sent; true if there will be another one. @default there never is */
  renew?(refused: string): boolean;
}

/** May a request to `url` carry credentials? Only to the base URL's origin, below its path (protocol section 1.4). */
export function isUnderBase(url: string, baseUrl: string): boolean {
  const { origin, pathname } = new URL(url);
  const base = new URL(baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  return origin === base.origin && (pathname === prefix || pathname.startsWith(`${prefix}/`));
}

interface AccessToken {
  readonly token: string;
  /** By the monotonic clock, in milliseconds: a date would be believed after somebody has set the machine's. */
  readonly endsAt: number;
}

/** A token is exchanged anew when no more than this is left of it (protocol section 1.3). */
const MARGIN_MS = 5 * 60_000;
const EXCHANGE_MS = 60_000;

/** Access tokens for a JWT from a file, kept in the SDK's credentials file between processes. */
export class FederatedCredentials implements Credentials {
  private current: AccessToken | null = null;
  private exchange: Promise<AccessToken> | null = null;
  private refused: string | null = null;

  constructor(
    private readonly api: Pick<Api, 'config' | 'transport' | 'clock' | 'warnings'>,
    private readonly tokenFile: string,
  ) {}

  async authorization(): Promise<string> {
    if (!this.isGood(this.current)) {
      // Shared by all who wait, so no single caller's signal ends it.
      this.exchange ??= this.obtain().finally(() => {
        this.exchange = null;
      });
      this.current = await this.exchange;
    }
    return `Bearer ${this.current?.token ?? ''}`;
  }

  renew(refused: string): boolean {
    const token = refused.replace(/^Bearer /, '');
    if (this.refused === token) return false;
    this.refused = token;
    if (this.current?.token === token) this.current = null;
    return true;
  }

  private isGood(access: AccessToken | null): boolean {
    return (
      access !== null && access.token !== this.refused && access.endsAt - this.api.clock.now() > MARGIN_MS
    );
  }

  private async obtain(): Promise<AccessToken> {
    const kept = await this.readKept();
    if (kept && this.isGood(kept)) return kept;
    const { clock } = this.api;
    const deadline = clock.now() + EXCHANGE_MS;
    const leftMs = (): number => deadline - clock.now();
    const access = await withRetries(clock, { leftMs }, () => this.request());
    await this.keep(access);
    return access;
  }

  private async request(): Promise<AccessToken> {
    const { transport, clock, config } = this.api;
    const { baseUrl } = config;
    const url = `${baseUrl}/oidc/token`;
    const peer = peerOf(config, url);
    const assertion = await this.readIdentity();
    const form = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion,
    });
    try {
      const response = await transport.send({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: { kind: 'bytes', bytes: Buffer.from(form.toString()) },
      });
      const answer = await readShort(response);
      const { status } = answer;
      if (status >= 400 && status < 500 && status !== 429) {
        const detail = `${baseUrl} doesn't accept the identity token in ${this.tokenFile}; renew it.`;
        throw new WireFailure('EACCES', detail, `HTTP ${status}`, 'final', { status });
      }
      if (status !== 200) throw refusalOfApi(answer, peer, clock.date());
      const access = parseAccess(answer.text, clock.now());
      if (!access) throw notTheApi(peer, 'no access token in the answer of /oidc/token');
      return access;
    } catch (error) {
      throw networkFailure(error, peer, undefined);
    }
  }

  private async readIdentity(): Promise<string> {
    try {
      return (await readFile(this.tokenFile, 'utf8')).trim();
    } catch (error) {
      const reason = errnoOf(error) ?? 'unreadable';
      const detail = `The identity token file ${this.tokenFile} can't be read (${reason}).`;
      throw new WireFailure('EACCES', detail, reason, 'final');
    }
  }

  private async readKept(): Promise<AccessToken | null> {
    const { clock, config } = this.api;
    const kept = (await this.readFile())?.credentials?.[config.baseUrl];
    if (typeof kept?.access_token !== 'string' || typeof kept.expires_at !== 'string') return null;
    const leftMs = Date.parse(`${kept.expires_at.replace(' ', 'T')}Z`) - clock.date();
    return Number.isNaN(leftMs) ? null : { token: kept.access_token, endsAt: clock.now() + leftMs };
  }

  /** Tokens of other servers stay; the file is replaced as a whole, so that no reader meets half of it. */
  private async keep({ token, endsAt }: AccessToken): Promise<void> {
    const { clock, config, warnings } = this.api;
    const { credentialsFile: file, baseUrl } = config;
    const kept = (await this.readFile()) ?? {};
    const ends = new RealDate(clock.date() + endsAt - clock.now()).toISOString();
    const access = { expires_at: ends.slice(0, 19).replace('T', ' '), access_token: token };
    const credentials = { ...kept.credentials, [baseUrl]: access };
    const fresh = `${file}.${randomBytes(6).toString('hex')}`;
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(fresh, JSON.stringify({ ...kept, credentials }), { mode: 0o600 });
      await rename(fresh, file);
    } catch (error) {
      // A home that can't be written costs an exchange in the next process, nothing else.
      warnings.once(`tokens ${file}`, `Access tokens can't be kept in ${file}: ${String(error)}`);
    }
  }

  private async readFile(): Promise<CredentialsFile | null> {
    try {
      const content: unknown = JSON.parse(await readFile(this.api.config.credentialsFile, 'utf8'));
      return typeof content === 'object' ? content : null;
    } catch (error) {
      // No such file yet, or one that another program broke: a new one is written.
      if (error instanceof SyntaxError || errnoOf(error) !== null) return null;
      throw error;
    }
  }
}

interface CredentialsFile {
  readonly credentials?: Readonly<
    Record<string, { readonly expires_at?: unknown; readonly access_token?: unknown } | undefined>
  >;
}

function parseAccess(text: string, now: number): AccessToken | null {
  if (!text.startsWith('{')) return null;
  const answer: unknown = JSON.parse(text);
  if (typeof answer !== 'object' || answer === null || !('access_token' in answer)) return null;
  const seconds = 'expires_in' in answer ? Number(answer.expires_in) : Number.NaN;
  if (typeof answer.access_token !== 'string') return null;
  return { token: answer.access_token, endsAt: now + (seconds > 0 ? seconds : 3600) * 1000 };
}
