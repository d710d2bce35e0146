import { once } from 'node:events';
import type { Command } from '../../command.js';
import { wholeNumber } from '../../values.js';

interface Options {
  readonly port?: number;
  readonly host?: string;
  readonly world?: string;
}

export const fakeServer: Command<Options> = {
  declare: (command) =>
    command
      .option(
        '--port <number>',
        'the port of the API; 0 takes a free one',
        wholeNumber('--port', { most: 65_535 }),
      )
      .option('--host <host>', 'where it listens (default: 127.0.0.1)')
      .option('--world <dir>', 'a recorded world, or <entity>/<project>/<run>/<file…>, to start from'),
  examples: ['fake-server', 'fake-server --port 8080 --world __fixtures__/wandb'],
  isWriting: true,

  /** Serves until it is interrupted, which is how it ends well. */
  async run({ out, signal }, _, { port, host, world }) {
    const { startFakeWandb } = await import('../../../testing/index.js');
    const wandb = await startFakeWandb({ port, host, world });
    try {
      await out.write(`WANDB_BASE_URL=${wandb.url}\nWANDB_API_KEY=${wandb.apiKey}\n`);
      if (!signal.aborted) await once(signal, 'abort');
    } finally {
      await wandb.close();
    }
  },
};
