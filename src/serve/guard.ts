import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.js';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|::1)$/i;

export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/** How a client without the token is asked for it: programs that mount know passwords alone. */
export type Challenge = 'Basic' | 'Bearer';

/** Who may ask. Without a token only who names this machine by its own address, so that no page of another name can. */
export class Guard {
  readonly #token: string | null;
  readonly #cookie: string;
  readonly #challenge: Challenge;

  constructor(token: string | null, port: number, challenge: Challenge) {
    this.#token = token;
    // Cookies are of a host, whatever its port.
    this.#cookie = `wandb-fs-${port}`;
    this.#challenge = challenge;
  }

  /** Throws Refusal with 403. */
  admitName({ headers: { host = '' } }: IncomingMessage): void {
    if (this.#token === null && !isLoopback(host.replace(/:\d+$/, '')))
      throw new Refusal(403, 'This server is asked by the address of this machine only, or with a token.');
  }

  /** Headers for the answer. Throws Refusal with 401. */
  admit({
    headers: { authorization = '', cookie = '' },
    url,
  }: IncomingMessage): Readonly<Record<string, string>> {
    if (this.#token === null) return {};
    const [, scheme = '', credentials = ''] = /^(Bearer|Basic) +(.+)$/i.exec(authorization) ?? [];
    const given = scheme.toLowerCase() === 'basic' ? passwordOf(credentials) : credentials;
    if (this.#isToken(given)) return {};
    if (cookie.split(';').some((pair) => this.#isCookie(pair.trim()))) return {};
    const asked = new URLSearchParams(url?.split('?')[1]).get('token');
    if (asked !== null && this.#isToken(asked))
      return { 'Set-Cookie': `${this.#cookie}=${asked}; Path=/; HttpOnly; SameSite=Strict` };
    const ways = 'as ?token=…, as Authorization: Bearer …, or as the password of any user';
    throw new Refusal(401, `A token is needed: ${ways}.`, {
      'WWW-Authenticate': `${this.#challenge} realm="wandb-fs"`,
    });
  }

  #isCookie(pair: string): boolean {
    const name = `${this.#cookie}=`;
    return pair.startsWith(name) && this.#isToken(pair.slice(name.length));
  }

  #isToken(text: string): boolean {
    return this.#token !== null && timingSafeEqual(hashed(text), hashed(this.#token));
  }
}

/** Behind the first colon, which no user's name holds (RFC 7617). */
const passwordOf = (credentials: string): string => {
  const text = Buffer.from(credentials, 'base64').toString();
  return text.includes(':') ? text.slice(text.indexOf(':') + 1) : '';
};

const hashed = (text: string): Buffer => createHash('sha256').update(text).digest();
