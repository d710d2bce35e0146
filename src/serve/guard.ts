import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.js';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|::1)$/i;

export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/** Who may ask. Without a token only who names this machine by its own address, so that no page of another name can. */
export class Guard {
  readonly #token: string | null;
  readonly #cookie: string;

  constructor(token: string | null, port: number) {
    this.#token = token;
    // Cookies are of a host, whatever its port.
    this.#cookie = `wandb-fs-${port}`;
  }

  /** Headers for the answer. Throws Refusal with 401, 403 or 400. */
  admit(request: IncomingMessage): Readonly<Record<string, string>> {
    const { host = '', origin, authorization, cookie = '' } = request.headers;
    if (this.#token === null && !isLoopback(host.replace(/:\d+$/, '')))
      throw new Refusal(403, 'This server is asked by the address of this machine only, or with a token.');
    if (origin !== undefined && origin !== `http://${host}`)
      throw new Refusal(403, 'Pages of other origins may not read from here.');
    if (this.#token === null) return {};
    const bearer = /^Bearer +(.+)$/i.exec(authorization ?? '')?.[1];
    if (bearer !== undefined && this.#isToken(bearer)) return {};
    if (cookie.split(';').some((pair) => this.#isCookie(pair.trim()))) return {};
    const asked = new URLSearchParams(request.url?.split('?')[1]).get('token');
    if (asked !== null && this.#isToken(asked))
      return { 'Set-Cookie': `${this.#cookie}=${asked}; Path=/; HttpOnly; SameSite=Strict` };
    throw new Refusal(401, 'A token is needed: as ?token=…, or as Authorization: Bearer ….', {
      'WWW-Authenticate': 'Bearer realm="wandb-fs"',
    });
  }

  #isCookie(pair: string): boolean {
    const name = `${this.#cookie}=`;
    return pair.startsWith(name) && this.#isToken(pair.slice(name.length));
  }

  #isToken(text: string): boolean {
    return timingSafeEqual(hashed(text), hashed(this.#token ?? ''));
  }
}

const hashed = (text: string): Buffer => createHash('sha256').update(text).digest();
