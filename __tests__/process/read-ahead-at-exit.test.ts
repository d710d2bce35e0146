import { packageRoot, run } from '../helpers/processes.js';
import { useServer } from '../helpers/server.js';

const RUN = 'team/project/run-1';
const files = Object.fromEntries(
  Array.from({ length: 30 }, (_, index) => [`f${10 + index}`, `text ${index}`]),
);

const server = useServer();
beforeAll(async () => {
  await server.seed({ [RUN]: files });
});
afterEach(() => server.faults([]));

/** Longer than anybody waits for such a program to end. */
const STALLED_MS = 45_000;

const PROGRAM = `
  import { createWandbFs } from 'wandb-fs';
  const fs = createWandbFs({ sync: process.env.SYNC });
  for (const name of ['f10', 'f11']) process.stdout.write(await fs.promises.readFile('/${RUN}/' + name, 'utf8') + '\\n');
  console.log(fs.wandb.counters().readAhead > 0 ? 'read ahead' : 'nothing read ahead');
`;

test.each(['thread', 'off'])(
  "what is read ahead keeps no process that has ended, with `sync: '%s'`",
  async (sync) => {
    await server.requests({ clear: true });
    await server.faults([
      { match: { side: 'storage', method: 'GET' }, skip: 2, times: 1000, delayMs: STALLED_MS },
    ]);
    const startedAt = performance.now();
    const ended = await run(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
      cwd: packageRoot,
      env: { SYNC: sync, WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey },
      timeout: STALLED_MS + 10_000,
    });
    expect(ended).toEqual({ exitCode: 0, stderr: '', stdout: 'text 0\ntext 1\nread ahead\n' });
    // Before any of the answers that it didn't ask for.
    expect(performance.now() - startedAt).toBeLessThan(STALLED_MS);
  },
);
