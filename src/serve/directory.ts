import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Description, POLICY, page } from './page.js';
import { below } from './paths.js';
import type { ServedFs } from './serve-fs.js';

/** An entry of a directory. */
export interface Listed {
  readonly name: string;
  readonly type: 'directory' | 'file' | 'link';
  readonly size: number;
  readonly modified: string;
}

/** Answers with what is in a directory: as a page, or as JSON to who accepts that. */
export async function sendDirectory(
  fs: ServedFs,
  path: string,
  names: readonly string[],
  describe: (path: string) => Promise<Description | null>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const isJson = /\bapplication\/json\b/.test(request.headers.accept ?? '');
  const isDescribed = !isJson && request.method !== 'HEAD';
  const [found, description] = await Promise.all([
    fs.promises.readdir(path),
    isDescribed ? describe(path) : null,
  ]);
  response.setHeader('Content-Type', isJson ? 'application/json' : 'text/html; charset=utf-8');
  response.appendHeader('Vary', 'Accept');
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Security-Policy', POLICY);
  response.writeHead(200);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const listed = entries(fs, path, found.sort());
  await pipeline(Readable.from(isJson ? json(listed) : page(names, description, listed)), response);
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
