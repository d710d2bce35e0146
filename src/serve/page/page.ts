import { createHash } from 'node:crypto';
import { addressOf } from '../paths.js';
import { type Description, described } from './description.js';
import type { Listed } from './directory.js';
import { escaped } from './html.js';
import { FOLLOW } from './log.js';
import { isPicture } from './pictures.js';
import { STYLE } from './style.js';

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Shows pictures of this server alone, and runs nothing, or what follows a log. */
const QUIET = `default-src 'none'; img-src 'self'; style-src ${hashOf(STYLE)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
const FOLLOWING = `${QUIET}; script-src ${hashOf(FOLLOW)}; connect-src 'self'`;

/** The Content-Security-Policy of a page. */
export const policyOf = (description: Description | null): string =>
  description?.log && !description.log.isOver ? FOLLOWING : QUIET;

/** What a page shows, from its top to its end. */
export interface Shown {
  readonly names: readonly string[];
  readonly description: Description | null;
  /** Markup. */
  readonly media: AsyncIterable<string>;
  readonly listed: AsyncIterable<Listed>;
}

export async function* page({ names, description, media, listed }: Shown): AsyncGenerator<string> {
  const crumbs = ['top', ...names].map(
    (name, depth) => `<a href="${addressOf(names.slice(0, depth))}">${escaped(name)}</a>`,
  );
  const title = description?.title ?? names.at(-1) ?? 'wandb-fs';
  yield `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title><style>${STYLE}</style><nav>${crumbs.join(' / ')}</nav>
${description ? described(description) : ''}`;
  yield* media;
  yield '<table class="files"><tr><th>Name</th><th>Size</th><th>Changed</th></tr>\n';
  for await (const { name, type, size, modified } of listed) {
    const address = addressOf([...names, name]);
    const shown = escaped(type === 'directory' ? `${name}/` : name);
    const picture = type === 'file' && isPicture(name) ? `<img src="${address}" alt="" loading="lazy">` : '';
    // The line's end between day and time is a space, but where the page is narrow.
    yield `<tr><td><a href="${address}">${picture}${shown}</a></td><td>${type === 'file' ? size : ''}</td><td>${modified.slice(0, 16).replace('T', '\n')}</td></tr>\n`;
  }
  yield '</table></html>\n';
}
