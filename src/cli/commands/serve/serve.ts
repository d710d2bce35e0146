import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Command } from '../../command.js';
import { describeRun, isRun } from '../../looking/run-page.js';
import { wholeNumber } from '../../values.js';

interface Options {
  readonly port?: number;
  readonly host?: string;
  readonly token?: string;
}

export const serve: Command<Options> = {
  declare: (command) =>
    command
      .argument('<path>', 'the directory that is served')
      .option(
        '--port <number>',
        'where it listens; 0: any (default: 0)',
        wholeNumber('--port', { most: 65_535 }),
      )
      .option('--host <host>', 'where it listens (default: 127.0.0.1); on others a token is needed')
      .option('--token <token>', 'what clients have to show (default: a random one, but for loopback)'),
  examples: ['serve wandbfs://team/project/run', 'serve --port 8000 wandbas://team/project/model/net/latest'],
  // It hears of Ctrl-C by the signal, so that what is open is closed.
  isWriting: true,

  /** Serves until it is interrupted, which is how it ends well. */
  async run(session, operands, { port, host, token }) {
    const { serveFs } = await import('../../../serve/serve-fs.js');
    for (const text of operands) {
      const place = await session.place(text);
      const fs = await session.fsOf(place);
      const root = place.kind === 'local' ? resolve(place.path) : place.path;
      let end: (reason: unknown) => void = () => undefined;
      const failed = new Promise<never>((_, reject) => {
        end = reject;
      });
      const onError = (error: unknown) => session.report(error, text).catch(end);
      const describe = async (path: string) =>
        isRun({ kind: place.kind, path }) ? describeRun(session, path) : null;
      const served = await serveFs(fs, { root, port, host, token, describe, onError });
      try {
        await session.out.line(`${served.url}${served.token === null ? '' : `?token=${served.token}`}`);
        await Promise.race([failed, session.signal.aborted || once(session.signal, 'abort')]);
      } finally {
        await served.close();
      }
    }
  },
};
