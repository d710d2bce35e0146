import type { IncomingMessage } from 'node:http';
import { parser } from 'sax';
import { Refusal } from '../refusal.js';

/** A property by its namespace and its name in that. */
export interface PropertyName {
  readonly space: string;
  readonly name: string;
}

/** What a PROPFIND asks for: all that is usual and more beside it, the names alone, or these. */
export type Asked =
  | { readonly kind: 'all'; readonly more: readonly PropertyName[] }
  | { readonly kind: 'names' }
  | { readonly kind: 'these'; readonly names: readonly PropertyName[] };

export const DAV = 'DAV:';

/** Clients send a few hundred bytes. Each property that is asked for is told of each entry, known or not. */
const MOST_BYTES = 16 << 10;

/** Rejects with Refusal: 400 for what is none of RFC 4918 (14.20) or holds a document type, 413, 415. */
export async function readAsked(request: IncomingMessage): Promise<Asked> {
  if (request.headers['content-encoding'] !== undefined)
    throw new Refusal(415, 'The properties must be asked for in plain XML.');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Refusal(413, `Properties are asked for in at most ${MOST_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return size === 0 ? { kind: 'all', more: [] } : parseAsked(decoded(Buffer.concat(chunks)));
}

/** XML is in UTF-8 or, by its first bytes, in UTF-16. */
function decoded(body: Buffer): string {
  const mark = body.toString('latin1', 0, 2);
  const encoding = mark === '\xff\xfe' ? 'utf-16le' : mark === '\xfe\xff' ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(body);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw new Refusal(400, 'The XML is neither UTF-8 nor UTF-16.');
    throw cause;
  }
}

function parseAsked(text: string): Asked {
  const xml = parser(true, { xmlns: true });
  const open: PropertyName[] = [];
  const kinds = new Set<string>();
  const named = { prop: [] as PropertyName[], include: [] as PropertyName[] };
  const refuse = (what: string): never => {
    throw new Refusal(400, `The properties are asked for in XML that ${what}.`);
  };
  xml.onerror = ({ message }) => refuse(`can't be read: ${message.split('\n', 1)[0]}`);
  // Nobody needs one, and entities of it could stand for more than this machine can hold.
  xml.ondoctype = () => refuse('has a document type');
  xml.onattribute = (attribute) => {
    const { prefix, value } = Object(attribute) as { readonly prefix?: string; readonly value?: string };
    if (prefix === 'xmlns' && value === '') refuse('gives a prefix to no namespace');
  };
  xml.onopentag = (tag) => {
    const { uri: space, local: name } = tag as { readonly uri: string; readonly local: string };
    const [root, list] = open;
    if (!root && (space !== DAV || name !== 'propfind')) refuse('begins with another element than propfind');
    if (open.length === 1 && space === DAV) kinds.add(name);
    if (open.length === 2 && list?.space === DAV && (list.name === 'prop' || list.name === 'include'))
      named[list.name].push({ space, name });
    open.push({ space, name });
  };
  xml.onclosetag = () => {
    open.pop();
  };
  xml.write(text).close();
  const [kind, ...others] = ['prop', 'allprop', 'propname'].filter((each) => kinds.has(each));
  if (others.length > 0) refuse('asks in several ways at once');
  if (kind === 'prop') return { kind: 'these', names: named.prop };
  if (kind === 'propname') return { kind: 'names' };
  return kind === 'allprop' ? { kind: 'all', more: named.include } : refuse('asks for nothing');
}
