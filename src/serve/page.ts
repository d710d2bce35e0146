import { createHash } from 'node:crypto';
import type { Listed } from './directory.js';
import { addressOf } from './paths.js';
import { typeOf } from './types.js';

/** What the page of a directory tells above its files. */
export interface Description {
  readonly title: string;
  /** A word beside the title. */
  readonly state: string | null;
  /** Plain data below headings; those without any are left out. */
  readonly facts: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:1rem auto;max-width:60rem;padding:0 1rem}
nav,h1,dd,dt{overflow-wrap:anywhere}h1{font-size:1.5rem;margin:.5rem 0}h1 small{border:1px solid #8888;border-radius:1rem;font-size:.875rem;font-weight:400;padding:.125rem .625rem;vertical-align:middle;white-space:nowrap}
section{align-items:start;display:grid;gap:0 2rem;grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr));margin-bottom:1rem}
summary{cursor:pointer;font-weight:600}dl{display:grid;grid-template-columns:minmax(6rem,auto) minmax(50%,1fr);margin:.25rem 0;max-height:20rem;overflow:auto}dt,dd{border-top:1px solid #8884;margin:0;padding:.125rem .5rem}dd{white-space:pre-wrap}
table{border-collapse:collapse;width:100%}td,th{padding:.25rem .5rem;text-align:left;overflow-wrap:anywhere}
th:first-child{width:100%}td+td,th+th{text-align:right;white-space:nowrap}tr+tr{border-top:1px solid #8884}
img{background:#8882;height:4rem;margin-right:.75rem;object-fit:contain;vertical-align:middle;width:4rem}
@media(max-width:32rem){td+td+td{white-space:pre}img{display:block}}`;

/** Of a page: it runs nothing, and shows pictures of this server alone. */
export const POLICY = `default-src 'none'; img-src 'self'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** What every browser shows; of other images the name says more than a broken picture. */
const PICTURE = /^image\/(?:apng|avif|bmp|gif|jpeg|png|svg\+xml|webp)$/;

export async function* page(
  names: readonly string[],
  description: Description | null,
  listed: AsyncIterable<Listed>,
): AsyncGenerator<string> {
  const crumbs = ['top', ...names].map(
    (name, depth) => `<a href="${addressOf(names.slice(0, depth))}">${escaped(name)}</a>`,
  );
  const title = description?.title ?? names.at(-1) ?? 'wandb-fs';
  yield `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title><style>${STYLE}</style><nav>${crumbs.join(' / ')}</nav>
${description ? described(description) : ''}<table><tr><th>Name</th><th>Size</th><th>Changed</th></tr>\n`;
  for await (const { name, type, size, modified } of listed) {
    const address = addressOf([...names, name]);
    const shown = escaped(type === 'directory' ? `${name}/` : name);
    const picture =
      type === 'file' && PICTURE.test(typeOf(name)) ? `<img src="${address}" alt="" loading="lazy">` : '';
    // The line's end between day and time is a space, but where the page is narrow.
    yield `<tr><td><a href="${address}">${picture}${shown}</a></td><td>${type === 'file' ? size : ''}</td><td>${modified.slice(0, 16).replace('T', '\n')}</td></tr>\n`;
  }
  yield '</table></html>\n';
}

function described({ title, state, facts }: Description): string {
  const badge = state === null ? '' : ` <small>${escaped(state)}</small>`;
  const parts = Object.entries(facts)
    .filter(([, values]) => Object.keys(values).length > 0)
    .map(
      ([heading, values]) => `<details open><summary>${escaped(heading)}</summary>${list(values)}</details>`,
    );
  const section = parts.length > 0 ? `<section>${parts.join('\n')}</section>\n` : '';
  return `<h1>${escaped(title)}${badge}</h1>\n${section}`;
}

const list = (values: Readonly<Record<string, unknown>>): string =>
  `<dl>${Object.entries(values)
    .map(([key, value]) => `<dt>${escaped(key)}</dt><dd>${escaped(printed(value))}</dd>`)
    .join('\n')}</dl>`;

const printed = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
