import type { Stats } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { addressOf, below, isWithin } from '../paths.js';
import { Refusal } from '../refusal.js';
import type { ServedFs } from '../serve-fs.js';
import { sizedStats } from '../sizes.js';
import { type Asked, readAsked } from './asked.js';
import { type Member, responseOf } from './properties.js';

/** What a client may do, and the headers that tell it: class 1 of RFC 4918, which has no locks. */
export const METHODS = 'OPTIONS, GET, HEAD, PROPFIND';
export const ABILITIES = { DAV: '1', 'MS-Author-Via': 'DAV' } as const;

/** How many entries are looked at together. */
const TOGETHER = 32;

/** What is asked about. */
export interface Found {
  readonly fs: ServedFs;
  /** All that is served is below it; both have their links resolved. */
  readonly top: string;
  readonly path: string;
  /** Of the path below what is served, as it was asked. */
  readonly names: readonly string[];
}

/** Answers with properties of a file or a directory, with `Depth: 1` also of what is in it, as it is looked at. */
export async function sendProperties(
  { fs, top, path, names }: Found,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { depth = 'infinity' } = request.headers;
  if (depth !== '0' && depth !== '1') {
    if (String(depth).toLowerCase() !== 'infinity') throw new Refusal(400, 'Depth must be 0 or 1.');
    const message = 'Ask one directory at a time, with Depth: 0 or 1.';
    throw new Refusal(403, message, {}, 'propfind-finite-depth');
  }
  const asked = await readAsked(request);
  const stats = await sizedStats(fs, path);
  const self = memberOf(names.at(-1) ?? (basename(path) || '/'), names, stats);
  const isListed = depth === '1' && stats.isDirectory();
  // What can't be listed is answered by a status, which is to come before the first byte.
  const found = isListed ? (await fs.promises.readdir(path)).sort() : [];
  response.setHeader('Content-Type', 'application/xml; charset=utf-8');
  response.setHeader('Cache-Control', 'no-store');
  response.writeHead(207);
  const listed = multistatus(self, members({ fs, top, path, names }, found), asked);
  await pipeline(Readable.from(listed), response);
}

async function* multistatus(
  self: Member,
  listed: AsyncIterable<readonly Member[]>,
  asked: Asked,
): AsyncGenerator<string> {
  yield '<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus xmlns:D="DAV:">\n';
  yield responseOf(self, asked);
  for await (const some of listed) yield some.map((member) => responseOf(member, asked)).join('');
  yield '</D:multistatus>\n';
}

async function* members(parent: Found, found: readonly string[]): AsyncGenerator<readonly Member[]> {
  for (let at = 0; at < found.length; at += TOGETHER) {
    const some = found.slice(at, at + TOGETHER).map((name) => member(parent, name));
    yield (await Promise.all(some)).filter((each) => each !== null);
  }
}

/** Null for what went after its directory was read, and for links that lead nowhere or out of what is served. */
async function member({ fs, top, path, names }: Found, name: string): Promise<Member | null> {
  const at = below(path, [name]);
  try {
    const own = await fs.promises.lstat(at);
    const target = own.isSymbolicLink() ? await fs.promises.realpath(at) : at;
    if (!isWithin(top, target)) return null;
    return memberOf(name, [...names, name], await sizedStats(fs, target));
  } catch (error) {
    if (/^E(?:NOENT|LOOP)$/.test((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

function memberOf(name: string, names: readonly string[], stats: Stats): Member {
  const address = addressOf(names);
  return { name, stats, address: stats.isDirectory() && names.length > 0 ? `${address}/` : address };
}
