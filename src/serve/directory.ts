import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { addressOf, below } from './paths.js';
import type { ServedFs } from './serve-fs.js';

interface Listed {
  readonly name: string;
  readonly type: 'directory' | 'file' | 'link';
  readonly size: number;
  readonly modified: string;
}

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:1rem auto;max-width:60rem;padding:0 1rem}
table{border-collapse:collapse;width:100%}td,th{padding:.25rem .5rem;text-align:left;overflow-wrap:anywhere}
td+td,th+th{text-align:right;white-space:nowrap}tr+tr{border-top:1px solid #8884}`;
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** Answers with what is in a directory: as a page, or as JSON to who accepts that. */
export async function sendDirectory(
  fs: ServedFs,
  path: string,
  names: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const found = await fs.promises.readdir(path);
  const isJson = /\bapplication\/json\b/.test(request.headers.accept ?? '');
  response.setHeader('Content-Type', isJson ? 'application/json' : 'text/html; charset=utf-8');
  response.setHeader('Vary', 'Accept');
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Security-Policy', POLICY);
  response.writeHead(200);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const listed = entries(fs, path, found.sort());
  await pipeline(Readable.from(isJson ? json(listed) : page(names, listed)), response);
}

/** One after another, so that a huge directory is sent as it is looked at. */
async function* entries(fs: ServedFs, path: string, names: readonly string[]): AsyncGenerator<Listed> {
  for (const name of names) {
    const stats = await fs.promises.lstat(below(path, [name])).catch((error: NodeJS.ErrnoException) => {
      // It went after its directory was read.
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (!stats) continue;
    const type = stats.isDirectory() ? 'directory' : stats.isSymbolicLink() ? 'link' : 'file';
    yield { name, type, size: stats.size, modified: stats.mtime.toISOString() };
  }
}

async function* json(listed: AsyncIterable<Listed>): AsyncGenerator<string> {
  let before = '[';
  for await (const entry of listed) {
    yield `${before}${JSON.stringify(entry)}`;
    before = ',\n';
  }
  yield before === '[' ? '[]\n' : ']\n';
}

async function* page(names: readonly string[], listed: AsyncIterable<Listed>): AsyncGenerator<string> {
  const crumbs = ['top', ...names].map(
    (name, depth) => `<a href="${addressOf(names.slice(0, depth))}">${escaped(name)}</a>`,
  );
  yield `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(names.at(-1) ?? 'wandb-fs')}</title><style>${STYLE}</style><nav>${crumbs.join(' / ')}</nav>
<table><tr><th>Name</th><th>Size</th><th>Changed</th></tr>\n`;
  for await (const { name, type, size, modified } of listed) {
    const address = addressOf([...names, name]);
    const shown = escaped(type === 'directory' ? `${name}/` : name);
    yield `<tr><td><a href="${address}">${shown}</a></td><td>${type === 'file' ? size : ''}</td><td>${modified.slice(0, 16).replace('T', ' ')}</td></tr>\n`;
  }
  yield '</table></html>\n';
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
