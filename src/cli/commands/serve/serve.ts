import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Served } from '../../../serve/serve-fs.js';
import type { Command } from '../../command.js';
import { ofRuns } from '../../looking/run-page.js';
import { UsageError } from '../../usage-error.js';
import { several, wholeNumber } from '../../values.js';

interface Options {
  readonly port?: number;
  readonly host?: string;
  readonly token?: string;
  readonly allowOrigin?: readonly string[];
}

export const serve: Command<Options> = {
  declare: (command) =>
    command
      .usage('[webdav] [options] <path>')
      .argument('<path...>', "the directory that is served; 'webdav' before it: for programs that mount it")
      .option(
        '--port <number>',
        'where it listens; 0 takes a free one (default: 0)',
        wholeNumber('--port', { most: 65_535 }),
      )
      .option('--host <host>', 'where it listens (default: 127.0.0.1); on others a token is needed')
      .option('--token <token>', 'what clients have to show (default: a random one, but for loopback)')
      .option(
        '--allow-origin <origin>',
        'pages of this origin may read, too; may be given several times',
        several,
      ),
  examples: [
    'serve wandbfs://team/project/run',
    'serve --port 8000 wandbas://team/project/model/net/latest',
    'serve webdav --port 8000 wandbfs://team/project',
    'serve --allow-origin https://example.com wandbfs://team/project/run',
  ],
  // It hears of Ctrl-C by the signal, so that what is open is closed.
  isWriting: true,

  /** Serves until it is interrupted, which is how it ends well. */
  async run(session, operands, { port, host, token, allowOrigin: allowOrigins }) {
    const [text, webdav] = servedBy(operands);
    const { serveFs } = await import('../../../serve/serve-fs.js');
    const place = await session.place(text);
    const fs = await session.fsOf(place);
    const root = place.kind === 'local' ? resolve(place.path) : place.path;
    let end: (reason: unknown) => void = () => undefined;
    const failed = new Promise<never>((_, reject) => {
      end = reject;
    });
    const onError = (error: unknown) => session.report(error, text).catch(end);
    const knowledge = place.kind === 'runs' ? ofRuns(await session.filesystems.runs()) : undefined;
    const served = await serveFs(fs, { root, port, host, token, allowOrigins, webdav, knowledge, onError });
    try {
      for (const line of told(served, webdav)) await session.out.line(line);
      await Promise.race([failed, session.signal.aborted || once(session.signal, 'abort')]);
    } finally {
      await served.close();
    }
  },
};

/** What is served, and whether to programs that mount it. A directory of that name alone is one. */
function servedBy(operands: readonly string[]): readonly [string, boolean] {
  const [first = '', second, ...others] = operands;
  if (second === undefined) return [first, false];
  if (first === 'webdav' && others.length === 0) return [second, true];
  throw new UsageError("One directory is served; before it only 'webdav' can stand.");
}

/** A browser keeps the token of an address; what mounts one asks for a password. */
function told({ url, token }: Served, webdav: boolean): readonly string[] {
  if (token === null) return [url];
  return webdav ? [url, `Password, for any user: ${token}`] : [`${url}?token=${token}`];
}
