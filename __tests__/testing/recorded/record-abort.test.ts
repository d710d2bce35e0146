import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createWandbFs, type RecordOptions } from 'wandb-fs';
import { makeDirectory } from '../../helpers/directories.js';
import { STANDARD, useServer } from '../../helpers/server.js';

const server = useServer(STANDARD);
beforeAll(() => server.seed({ 'lab/p/r': { 'a.txt': 'a' } }));

/** Answers that never come: a call that doesn't hear of the signal waits for them. */
const until = (signal: AbortSignal | null | undefined): Promise<never> =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));

test.each(['LookUp', 'EntityInfo', 'ProjectInfo', 'ListRuns', 'RunInfo', 'FileAddresses'])(
  'an abort ends a recording that waits for %s, and nothing is left',
  async (operation) => {
    const controller = new AbortController();
    const fs = createWandbFs({
      ...{ baseUrl: server.url, apiKey: server.apiKey },
      fetch: async (input, init) => {
        const body = Buffer.from((init?.body ?? '') as Uint8Array).toString();
        if (!body.includes(`query ${operation}`)) return fetch(input, init);
        const ended = until(init?.signal);
        controller.abort();
        return ended;
      },
    });
    const parent = await makeDirectory();
    const path = operation === 'LookUp' ? 'lab/p/r' : 'lab/p';
    const recorded = fs.wandb.record(path, join(parent, 'world'), { signal: controller.signal });
    await expect(recorded).rejects.toMatchObject({ name: 'AbortError' });
    expect(readdirSync(parent)).toEqual([]);
    await fs.wandb.close();
  },
);

test('what is refused, or was given up before, sends nothing that was written', async () => {
  const fs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey, writebackDelay: 60_000 });
  try {
    await fs.promises.writeFile('lab/p/r/new.txt', 'new');
    const parent = await makeDirectory();
    mkdirSync(join(parent, 'mine/of-my-own'), { recursive: true });
    const refused: readonly [string | string[], string, RecordOptions, string][] = [
      [[], 'world', {}, 'ERR_INVALID_ARG_VALUE'],
      ['lab/p', 'world', { maxBytes: -1 }, 'ERR_INVALID_ARG_VALUE'],
      ['lab/p', 'wor\0ld', {}, 'ERR_INVALID_ARG_VALUE'],
      ['lab/p', 'mine', {}, 'ENOTEMPTY'],
      ['lab/p', 'world', { signal: AbortSignal.abort() }, 'ABORT_ERR'],
    ];
    for (const [paths, name, options, code] of refused)
      await expect(fs.wandb.record(paths, `${parent}/${name}`, options)).rejects.toMatchObject({ code });
    expect(await server.files('lab/p/r')).not.toHaveProperty(['new.txt']);
    await fs.wandb.record('lab/p', join(parent, 'world'));
    expect(await server.files('lab/p/r')).toHaveProperty(['new.txt']);
  } finally {
    await fs.wandb.close();
  }
});
