import { packageRoot, run } from '../helpers/processes.js';

/** A test runner keeps a whole test file in the context in which its tests run, so a timer left over keeps it, too. */
const PROGRAM = `
  import { AsyncLocalStorage } from 'node:async_hooks';
  import { setImmediate as turn } from 'node:timers/promises';
  import { createWandbFs } from 'wandb-fs';

  const context = new AsyncLocalStorage();
  async function use() {
    const test = { fs: createWandbFs({ baseUrl: 'http://127.0.0.1:9', apiKey: 'k'.repeat(40) }) };
    await context.run(test, () => test.fs.wandb.close());
    return new WeakRef(test);
  }
  const test = await use();
  for (let i = 0; i < 10; i += 1) await turn();
  gc();
  console.log(test.deref());
`;

test('nothing keeps what has closed an fs object', async () => {
  const args = ['--expose-gc', '--input-type=module', '--eval', PROGRAM];
  const ended = await run(process.execPath, args, { cwd: packageRoot });
  expect(ended).toEqual({ exitCode: 0, stderr: '', stdout: 'undefined\n' });
});
