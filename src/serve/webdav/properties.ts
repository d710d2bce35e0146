import type { Stats } from 'node:fs';
import { contentTypeOf } from '../types.js';
import { validatorsOf } from '../validators.js';
import { type Asked, DAV, type PropertyName } from './asked.js';

/** What is told of properties: an entry, and what it is called. */
export interface Member {
  readonly name: string;
  /** Where it is asked for, a directory with a slash behind it. */
  readonly address: string;
  readonly stats: Stats;
}

type Values = ReadonlyMap<string, string>;

/** The live properties of RFC 4918 (15), as XML. Of locks there are none, for nothing can be written. */
function valuesOf({ name, stats }: Member): Values {
  const { etag, modified } = validatorsOf(stats);
  const values = new Map([
    ['resourcetype', stats.isDirectory() ? '<D:collection/>' : ''],
    ['displayname', escapedXml(name)],
    ['creationdate', stats.birthtime.toISOString()],
    ['getlastmodified', new Date(modified).toUTCString()],
  ]);
  if (stats.isDirectory()) return values;
  return values
    .set('getcontentlength', String(stats.size))
    .set('getcontenttype', escapedXml(contentTypeOf(name)))
    .set('getetag', escapedXml(etag));
}

/** One `response` of a multi-status: what there is of what was asked, and apart from that what there isn't. */
export function responseOf(member: Member, asked: Asked): string {
  const values = valuesOf(member);
  const { found, missing } = told(values, asked);
  const isEmpty = found.length === 0 && missing.length === 0;
  const parts = [
    found.length > 0 || isEmpty ? propstat(found, '200 OK') : '',
    missing.length > 0 ? propstat(missing, '404 Not Found') : '',
  ];
  return `<D:response><D:href>${escapedXml(member.address)}</D:href>${parts.join('')}</D:response>\n`;
}

function told(values: Values, asked: Asked) {
  const all = [...values];
  if (asked.kind === 'names') return { found: all.map(([name]) => `<D:${name}/>`), missing: [] };
  const known = ({ space, name }: PropertyName) => (space === DAV ? values.get(name) : undefined);
  const names =
    asked.kind === 'these'
      ? asked.names
      : [
          ...all.map(([name]) => ({ space: DAV, name })),
          ...asked.more.filter((each) => known(each) === undefined),
        ];
  return {
    found: names.flatMap((each) => {
      const value = known(each);
      return value === undefined ? [] : `<D:${each.name}>${value}</D:${each.name}>`;
    }),
    missing: names.filter((each) => known(each) === undefined).map(emptyElement),
  };
}

const emptyElement = ({ space, name }: PropertyName): string =>
  space === DAV ? `<D:${name}/>` : `<${name} xmlns="${escapedXml(space).replaceAll('"', '&quot;')}"/>`;

const propstat = (properties: readonly string[], status: string): string =>
  `<D:propstat><D:prop>${properties.join('')}</D:prop><D:status>HTTP/1.1 ${status}</D:status></D:propstat>`;

/** By their names: many a client knows no numbers, nor needs quotes to be escaped in a text. */
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** XML can't hold most control characters, nor halves of a pair, in any spelling. */
const escapedXml = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
    .replace(/[&<>]/g, (sign) => ENTITIES[sign] ?? sign)
    .replace(/[\r\n\t]/g, (sign) => `&#${sign.charCodeAt(0)};`);
