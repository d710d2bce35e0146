import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { below } from '../paths.js';
import { Refusal } from '../refusal.js';
import type { ServedFs } from '../serve-fs.js';
import type { Description } from './description.js';
import { CONSOLE, type Printed } from './log.js';
import { type Directory, mediaOf, tablesOf } from './media.js';
import { page, policyOf } from './page.js';

/** An entry of a directory. */
export interface Listed {
  readonly name: string;
  readonly type: 'directory' | 'file' | 'link';
  readonly size: number;
  readonly modified: string;
}

/** What is known of directories beside what is in them, by their paths in the filesystem. */
export interface Knowledge {
  /** What a page tells above its files; null: nothing. */
  describe(path: string): Promise<Description | null>;
  /** What was printed behind a place, which an earlier answer told; null: nothing is. */
  printed(path: string, after: string | null): Promise<Printed | null>;
}

/** Answers with what is in a directory: as a page, or as JSON to who accepts that; to a page that follows with lines. */
export async function sendDirectory(
  directory: Directory,
  knowledge: Knowledge,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { fs, path, names } = directory;
  const after = new URLSearchParams(request.url?.split('?')[1]).get(CONSOLE);
  const isJson = after !== null || /\bapplication\/json\b/.test(request.headers.accept ?? '');
  const isHead = request.method === 'HEAD';
  const printed = after === null || isHead ? null : await knowledge.printed(path, after || null);
  if (after !== null && !isHead && !printed) throw new Refusal(404, 'It prints nothing.');
  const [found, description] = await Promise.all([
    printed ? [] : fs.promises.readdir(path),
    isJson || isHead ? null : knowledge.describe(path),
  ]);
  response.setHeader('Content-Type', isJson ? 'application/json' : 'text/html; charset=utf-8');
  response.appendHeader('Vary', 'Accept');
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Security-Policy', policyOf(description));
  response.writeHead(200);
  if (isHead || printed) {
    response.end(printed ? JSON.stringify(printed) : undefined);
    return;
  }
  const listed = entries(fs, path, found.sort());
  const media = description ? mediaOf(directory) : tablesOf(directory, found);
  const content = isJson ? json(listed) : page({ names, description, media, listed });
  await pipeline(Readable.from(content), response);
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
