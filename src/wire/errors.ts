import type { ErrnoCode } from '../contract/failure.js';
import type { Peer } from './transport/network-failure.js';
import type { ShortAnswer } from './transport/transport.js';
import { notAgreed, type Reason, WireFailure } from './wire-failure.js';

const LONGEST_MESSAGE = 300;

/**
 * W&B's API gives its errors no codes, only messages (protocol section 2.1), so these are the words it is known by: of
 * its GraphQL library (section 2.1, 'Cannot query field'), and of its own resolvers.
 */
const REASONS: readonly (readonly [Reason, RegExp])[] = [
  ['schema', /cannot query|unknown (argument|type|field)/i],
  ['deleted name', /previously created and deleted/],
  ['protected alias', /protected/i],
];
const DENIED = /permission|forbidden|not authori[sz]ed|unauthori[sz]ed|access denied|not logged in/i;
const MISSING = /not found|does(n't| not) exist|no such/i;
const NAMES_A_THING = /entity|project|model|run|bucket|file|user|team|artifact|collection/i;

const reasonOf = (message: string | null): Reason | null =>
  (message !== null && REASONS.find(([, words]) => words.test(message))?.[0]) || null;

/** Codes of S3, GCS and Azure for bytes that aren't those that were announced. */
const DIGEST_CODES: ReadonlySet<string> = new Set([
  'BadDigest',
  'InvalidDigest',
  'Md5Mismatch',
  'IncompleteBody',
  'ContentSHA256Mismatch',
  'XAmzContentSHA256Mismatch',
]);

/**
 * The failure that an answer of the API stands for (protocol section 2.1).
 *
 * @param date milliseconds since the epoch
 */
export function refusalOfApi(answer: ShortAnswer, peer: Peer, date: number): WireFailure {
  const { status, headers, text } = answer;
  const message = messageOf(text);
  const cause = message === null ? `HTTP ${status}` : `HTTP ${status}: ${message}`;
  const fail = (code: ErrnoCode, detail: string | null): WireFailure =>
    new WireFailure(code, detail, cause, 'status', {
      status,
      retryAfterMs: pauseOf(headers, 'retry-after', date),
      reason: reasonOf(message),
    });
  if (status === 401) {
    const from = peer.keySource === null ? '' : ` from ${peer.keySource}`;
    return fail(
      'EACCES',
      `${peer.baseUrl} doesn't accept the API key${from}; check that it is whole and belongs to this server.`,
    );
  }
  // W&B says why, in JSON; another answer may be that of a proxy that speaks in its place.
  const relay = message === null ? relayOf(peer) : null;
  if (status === 403) {
    const who = relay === null ? peer.baseUrl : `${peer.baseUrl}, or the proxy ${relay} before it,`;
    return fail('EACCES', `${who} doesn't allow that to ${ownerOf(peer)}.`);
  }
  if (status >= 300 && status < 400) {
    const detail = `${peer.baseUrl} redirects to ${redirectTarget(headers.location, peer)}`;
    return new WireFailure('EPROTO', detail, cause, 'protocol', { status });
  }
  if (status >= 500 || status === 429 || status === 408) {
    const relayed = relay === null ? '' : `, or the proxy ${relay} can't reach it`;
    return fail('EIO', `${peer.baseUrl} can't answer at the moment${relayed}.`);
  }
  // Most often it is a gateway before the server that says so, in HTML.
  if (status === 413)
    return fail('EIO', `${peer.baseUrl}, or a gateway before it, takes no request of that size.`);
  if (message === null) return notTheApi(peer, cause, status);
  if (status === 404 || status === 410) {
    // A bare 'not found' speaks of the address: taken for a missing run, it would make every tree look empty.
    return NAMES_A_THING.test(message) ? fail('ENOENT', null) : notTheApi(peer, cause, status);
  }
  if (status === 409) return fail('EEXIST', message);
  return fail('EIO', `${peer.baseUrl} refused the request.`);
}

/** The failure that `errors` of a GraphQL answer stand for. */
export function graphqlFailure(errors: readonly { readonly message?: unknown }[], peer: Peer): WireFailure {
  const messages = errors.map(({ message }) => (typeof message === 'string' ? message : 'unnamed error'));
  const message = clip(messages.join('; '));
  const said = message.replace(/[.\s]+$/, '');
  const fail = (code: ErrnoCode, detail: string | null): WireFailure =>
    new WireFailure(code, detail, message, 'graphql', { reason: reasonOf(message) });
  if (DENIED.test(message))
    return fail('EACCES', `${peer.baseUrl} doesn't allow that to ${ownerOf(peer)}: ${said}.`);
  if (MISSING.test(message) && NAMES_A_THING.test(message)) return fail('ENOENT', null);
  return fail('EIO', `${peer.baseUrl} answered: ${said}.`);
}

/** Who must be told apart where somebody has several keys. */
const ownerOf = ({ keySource }: Peer): string =>
  `the owner of the API key${keySource === null ? '' : ` from ${keySource}`}`;

/** Something that isn't the W&B API answered: a web page, a proxy, a wrong address. */
export function notTheApi(peer: Peer, cause: string, status: number | null = null): WireFailure {
  const relay = relayOf(peer);
  const detail =
    `What answers at ${peer.baseUrl} isn't the W&B API; check \`baseUrl\` (WANDB_BASE_URL), ` +
    `which is 'https://api.wandb.ai' for wandb.ai${relay === null ? '' : `, and the proxy ${relay}`}.`;
  return new WireFailure('EPROTO', detail, cause, 'protocol', { status });
}

/** A GraphQL answer without data and without errors: a proxy's, or of a server in trouble. */
export function withoutData({ baseUrl }: Peer): WireFailure {
  const detail = `What answers at ${baseUrl} isn't the W&B API, or is in trouble: it answered without data; check \`baseUrl\`.`;
  return new WireFailure('EPROTO', detail, 'no data in the answer', 'empty');
}

/**
 * A GraphQL answer with a gap in it.
 *
 * @param missing where, as a path in the data
 * @param said what the server gave as the reason
 */
export function incomplete({ baseUrl }: Peer, missing: string, said: string | null = null): WireFailure {
  const reason = said === null ? '' : ` It says: ${said.replace(/[.\s]+$/, '')}.`;
  const detail = `${baseUrl} answered in part only: '${missing}' is missing, so nobody can tell what there is.${reason}`;
  return new WireFailure('EPROTO', detail, said ?? `no '${missing}' in the answer`, 'empty');
}

/** What the server gave for an address isn't one; it isn't shown, for what it holds may be a secret. */
export const notAnAddress = (purpose: 'upload to' | 'download from'): WireFailure =>
  notAgreed(`The server gave no valid address to ${purpose}.`, 'no URL');

/**
 * The failure of a storage's answer to a transfer.
 *
 * @param date milliseconds since the epoch
 */
export function refusalOfStorage({ status, headers, text }: ShortAnswer, date: number): WireFailure {
  const word = /<Code>([\w.]+)<\/Code>/.exec(text)?.[1];
  const cause = word === undefined ? `HTTP ${status}` : `HTTP ${status} ${word}`;
  const code: ErrnoCode = status === 401 || status === 403 ? 'EACCES' : status === 404 ? 'ENOENT' : 'EIO';
  const detail = `The storage refused the transfer (${cause}).`;
  const reason = word !== undefined && DIGEST_CODES.has(word) ? 'digest' : null;
  return new WireFailure(code, detail, cause, 'status', {
    status,
    retryAfterMs: pauseOf(headers, 'retry-after', date),
    reason,
  });
}

/** The time at the server where it tells it, so that only one clock counts; else ours. */
function dateOf(headers: Readonly<Record<string, string>>, ours: number): number {
  const theirs = Date.parse(headers.date ?? '');
  return Number.isNaN(theirs) ? ours : theirs;
}

/** What is as many seconds, or milliseconds, or more is no delay: it is a time since the epoch. */
const LEAST_EPOCH_S = 1e9;
const LEAST_EPOCH_MS = 1e11;
/** As HTTP writes dates (RFC 9110, 5.6.7), and ISO 8601: `Date.parse` takes nearly anything else for one, too. */
const DATE = /^(?:[a-z]{3,9},? .*\d|\d{4}-\d\d-\d\dt)/i;

/**
 * How long a header asks to wait, in milliseconds: it has seconds, or says when that is, as a date or in seconds or
 * milliseconds since the epoch, by the server's clock. Null: it says nothing that can be understood.
 *
 * @param ours the date here, in milliseconds since the epoch
 */
export function pauseOf(
  headers: Readonly<Record<string, string>>,
  name: string,
  ours: number,
): number | null {
  const value = headers[name]?.trim() ?? '';
  // Several headers of one name are joined: the first one counts.
  const number = /^(\d+(?:\.\d+)?)\s*(?:[,;]|$)/.exec(value)?.[1];
  const until = (date: number): number => Math.max(0, date - dateOf(headers, ours));
  if (number !== undefined) {
    const count = Number(number);
    if (count >= LEAST_EPOCH_MS) return until(count);
    return count >= LEAST_EPOCH_S ? until(count * 1000) : count * 1000;
  }
  const date = DATE.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : until(date);
}

/** Bodies of failures: `{errors: [{message} | text]}`, `{error: text | {message}}`; null for anything but JSON. */
function messageOf(text: string): string | null {
  const body = parsedJson(text);
  if (typeof body !== 'object' || body === null) return null;
  const said = 'errors' in body ? body.errors : 'error' in body ? body.error : null;
  const messages = (Array.isArray(said) ? said : [said]).map((item: unknown) =>
    typeof item === 'object' && item !== null && 'message' in item ? item.message : item,
  );
  return clip(messages.filter((message) => typeof message === 'string').join('; '));
}

/** Null for what is no JSON, such as half an answer. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The proxy that can answer in the server's place: through a tunnel none can. */
const relayOf = ({ address, proxy }: Peer): string | null => (address.startsWith('http:') ? proxy : null);

export const clip = (message: string): string =>
  message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;

/** Where it leads, and what to do: a request with a body isn't sent anywhere but to where the user said. */
function redirectTarget(location: string | undefined, { address, baseUrl }: Peer): string {
  if (!location || !URL.canParse(location, address))
    return "another address, and doesn't say to which one; set `baseUrl` to where the API is.";
  const { origin, protocol, pathname } = new URL(location, address);
  const asked = new URL(address).pathname.slice(new URL(baseUrl).pathname.replace(/\/+$/, '').length);
  if (!/^https?:$/.test(protocol)) return `${protocol}//…, which is no API; check \`baseUrl\`.`;
  // The same request below another base; a page to sign in at, or of a portal, is none.
  if (!pathname.endsWith(asked))
    return `${origin}${pathname}, which isn't the API: a page to sign in at, or a proxy's; check \`baseUrl\`.`;
  const base = `${origin}${pathname.slice(0, pathname.length - asked.length)}`;
  if (base === baseUrl) return `itself, in a circle; check what stands in front of it.`;
  return `${base}; \`baseUrl\` should be ${base}.`;
}

/**
 * The errno name of an error of Node's. By its shape, for `instanceof` fails between realms: under Jest, Node's errors
 * are no instances of the sandbox's Error.
 */
export const errnoOf = (error: unknown): string | null =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
