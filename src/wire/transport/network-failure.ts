import type { WireConfig } from '../../config/config.js';
import { clip, errnoOf } from '../errors.js';
import { broken, cancelled, isWireFailure, notAgreed, timedOut, WireFailure } from '../wire-failure.js';
import { isUnanswered, unansweredBy } from './doubles.js';
import { proxyFor } from './proxy-choice.js';
import { NOT_PUBLIC } from './public-addresses.js';
import { tlsFailure } from './tls-failure.js';

/** What is talked to, in messages: no key, no query. */
export interface Peer {
  /** Without its query, which may be a signature. */
  readonly address: string;
  readonly baseUrl: string;
  /** Where the key was found; null for requests that carry none. */
  readonly keySource: string | null;
  /** What to say of a certificate that isn't trusted. */
  readonly trustHint: string;
  /** The proxy on the way, as it may be shown; null: there is none. */
  readonly proxy: string | null;
}

export function peerOf(config: WireConfig, address: string): Peer {
  const { baseUrl, keySource, trustHint, proxies } = config;
  return { address, baseUrl, keySource, trustHint, proxy: proxyFor(proxies, address)?.origin ?? null };
}

/** Who couldn't be talked to. */
export interface Party {
  /** 'https://api.wandb.ai' or 'The proxy http://proxy:3128' */
  readonly name: string;
  /** What to check, beside the network. */
  readonly setting: string;
  readonly trustHint: string;
}

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections',
  EHOSTUNREACH: 'is not reachable',
  ENETUNREACH: 'is not reachable',
  EHOSTDOWN: 'is not reachable',
  ENETDOWN: 'is not reachable',
};

/** Of a body that is read while it is sent. */
const CONTENT_GONE: ReadonlySet<string> = new Set([
  'ENOENT',
  'EACCES',
  'EISDIR',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
]);
const CLOSED: ReadonlySet<string> = new Set(['UND_ERR_DESTROYED', 'UND_ERR_CLOSED']);

/** What only code that is wrong throws, but `fetch` a TypeError with a cause, of a network's failures. */
const MISTAKES = ['TypeError', 'ReferenceError', 'RangeError'];
/** The same of browsers, and of those who stand in for a `fetch`, which tell no cause. */
const FETCH_FAILED =
  /^(fetch failed|terminated|Failed to fetch|Load failed|Network ?(error|request failed)\b.*)$/i;

/** What `getaddrinfo` says where the answer may be another one soon. */
const UNRESOLVED_FOR_NOW = new Set(['EAI_AGAIN', 'EAI_FAIL', 'EAI_SYSTEM']);

/** A name that can't be resolved; null for anything else. */
function nameFailure(error: unknown, { name, setting }: Party): WireFailure | null {
  const found = causesOf(error).find(({ syscall }) => syscall === 'getaddrinfo');
  const code = errnoOf(found);
  if (!found || code === null) return null;
  const why = UNRESOLVED_FOR_NOW.has(code)
    ? 'no name server answers at the moment. Is there a network?'
    : `there is no such name, or no network. Check the network, and ${setting} for a typo.`;
  const detail = `${name} can't be found. The name '${found.hostname ?? 'of the server'}' can't be resolved: ${why}`;
  return new WireFailure('EIO', detail, `getaddrinfo ${code}`, 'unreachable');
}

/** The failure behind what undici, a user's `fetch` or a file stream threw. */
export function networkFailure(error: unknown, peer: Peer, signal: AbortSignal | undefined): WireFailure {
  if (isWireFailure(error)) return error;
  if (signal?.aborted) return cancelled();
  const codes = codesOf(error);
  const host = originOf(peer.address);
  const cause = codes[0] ?? describe(error);
  const way = peer.proxy === null ? host : `${host} through the proxy ${peer.proxy}`;
  // What can't be reached is the proxy then, which tells so itself: all of this comes from behind it.
  const party = { name: way, setting: '`baseUrl`', trustHint: peer.trustHint };
  if (codes.includes(NOT_PUBLIC)) {
    const detail = `${host} has an address of this machine or of a private network, which must be allowed by name.`;
    return new WireFailure('EACCES', detail, 'an inner address', 'final');
  }
  if (isUnanswered(causesOf(error), codes)) {
    return new WireFailure('EIO', unansweredBy(peer.address), cause, 'final');
  }
  const connection = connectionFailure(error, party);
  if (connection) return connection;
  if (codes.some((code) => /TIMEOUT|ETIMEDOUT/.test(code)) || isNamed(error, 'TimeoutError')) {
    return timedOut(`${host} didn't answer in time.`, cause);
  }
  if (codes.some((code) => CONTENT_GONE.has(code))) {
    return new WireFailure('EIO', 'The content to upload is gone or has changed.', cause, 'final');
  }
  if (codes.some((code) => CLOSED.has(code))) {
    return new WireFailure('EIO', 'The connection to W&B was closed.', cause, 'final');
  }
  if (codes.includes('UND_ERR_INVALID_ARG')) {
    return notAgreed(`The request to ${host} can't be made as the server asks.`, cause);
  }
  if (isMistake(error, codes)) {
    const detail = `The request to ${host} failed by a mistake in a program, not by the network.`;
    return new WireFailure('EIO', detail, cause, 'final');
  }
  return broken(`The connection to ${way} broke.`, cause);
}

/** The failure to get a connection, a secure one where that is asked for; null: something else failed. */
export function connectionFailure(error: unknown, party: Party): WireFailure | null {
  const codes = codesOf(error);
  const { name, setting } = party;
  const cause = codes[0] ?? describe(error);
  const unresolved = nameFailure(error, party);
  if (unresolved) return unresolved;
  const unreachable = codes.find((code) => code in UNREACHABLE);
  if (unreachable !== undefined) {
    const code = unreachable === 'ECONNREFUSED' ? 'ECONNREFUSED' : 'EIO';
    const detail = `${name} ${UNREACHABLE[unreachable]}; check the network and ${setting}.`;
    return new WireFailure(code, detail, cause, 'unreachable');
  }
  if (codes.includes('UND_ERR_CONNECT_TIMEOUT') || (codes.includes('ETIMEDOUT') && isConnecting(error))) {
    const detail = `${name} can't be reached in time; check the network and ${setting}.`;
    return new WireFailure('ETIMEDOUT', detail, cause, 'unreachable');
  }
  return tlsFailure(causesOf(error), codes, party);
}

const originOf = (address: string): string => (URL.canParse(address) ? new URL(address).origin : address);

const isNamed = (error: unknown, name: string): boolean =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === name;

/** Another attempt would meet it again, and what is wrong would look like a hang. */
function isMistake(error: unknown, codes: readonly string[]): boolean {
  if (typeof error !== 'object' || error === null || 'cause' in error) return false;
  const isOfProgram = MISTAKES.some((name) => isNamed(error, name));
  const isOfFetch = 'message' in error && FETCH_FAILED.test(String(error.message));
  return isOfProgram && !isOfFetch && codes.every((code) => code.startsWith('ERR_'));
}

export const describe = (error: unknown): string => clip(String(error));

/** Was it connecting that failed? That is no silence of a server that is there. */
const isConnecting = (error: unknown): boolean =>
  causesOf(error).some(({ syscall }) => syscall === 'connect');

/** Codes of an error, of what caused it, and of the errors it gathers. */
export const codesOf = (error: unknown): string[] => causesOf(error).flatMap((each) => errnoOf(each) ?? []);

/** What Node's errors may tell. */
export interface AnyError {
  readonly syscall?: unknown;
  readonly hostname?: unknown;
  readonly cert?: { readonly subjectaltname?: unknown };
}

/** An error, what caused it, and the errors it gathers, outermost first. */
function causesOf(error: unknown, depth = 0): readonly (AnyError & object)[] {
  if (typeof error !== 'object' || error === null || depth > 4) return [];
  const gathered = 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  const inner = 'cause' in error ? [error.cause, ...gathered] : gathered;
  return [error, ...inner.flatMap((cause) => causesOf(cause, depth + 1))];
}
