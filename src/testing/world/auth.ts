import { randomBytes } from 'node:crypto';
import type { Settings } from '../options.js';
import { type HttpAnswer, type HttpRequest, json } from '../server/http.js';
import type { ApiKeys } from './api-keys.js';

const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TOKEN_SECONDS = 3600;

/** Who may use the API: the key as the password of Basic authentication, or a token that `/oidc/token` gave out. */
export class Gatekeeper {
  /** Access tokens, each with the time it ends, in milliseconds since the epoch. */
  private readonly tokens = new Map<string, number>();

  constructor(
    private readonly settings: Settings,
    private readonly apiKeys: ApiKeys,
  ) {}

  /** Null if the request may pass. */
  refuse(request: HttpRequest): HttpAnswer | null {
    const [scheme = '', value = ''] = (request.headers.authorization ?? '').split(' ');
    const isKnown =
      scheme.toLowerCase() === 'basic' ? this.isKey(value) : scheme === 'Bearer' && this.isToken(value);
    return isKnown ? null : json({ errors: [{ message: 'user is not logged in' }] }, 401);
  }

  /** Exchanges an identity token for an access token (RFC 7523). */
  async exchange(request: HttpRequest): Promise<HttpAnswer> {
    const form = new URLSearchParams((await request.body()).toString());
    const assertion = form.get('assertion') ?? '';
    const isJwt = /^[\w-]+\.[\w-]+\.[\w-]+$/.test(assertion);
    const isRight = this.settings.identityToken === null ? isJwt : assertion === this.settings.identityToken;
    if (form.get('grant_type') !== JWT_GRANT) return json({ error: 'unsupported_grant_type' }, 400);
    if (!isRight) return json({ error: 'invalid_grant' }, 401);
    const token = `access-${randomBytes(16).toString('hex')}`;
    this.tokens.set(token, Date.now() + TOKEN_SECONDS * 1000);
    return json({ access_token: token, expires_in: TOKEN_SECONDS });
  }

  private isKey(encoded: string): boolean {
    const [user = '', ...secret] = Buffer.from(encoded, 'base64').toString().split(':');
    return user === 'api' && this.apiKeys.has(secret.join(':'));
  }

  private isToken(token: string): boolean {
    return (this.tokens.get(token) ?? 0) > Date.now();
  }
}
