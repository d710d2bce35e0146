import { threadFile } from '../../src/threads/thread-file.js';
import { packageRoot, run } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';

const from = (path: string): string => JSON.stringify(threadFile(path).href);

const wandb = useServer(STANDARD);
beforeAll(() => wandb.seed({ 'e/p/r': {} }));

/** Queues an upload with a delay that nobody would wait out, over an owner in the script's own process. */
const script = (last: string, run = 'e/p/r'): string => `
  import { resolveConfig } from ${from('config/config.js')};
  import { DEFAULTS } from ${from('config/defaults.js')};
  import { createInProcessRemote } from ${from('io/client/in-process.js')};
  import { createOwner } from ${from('io/owner/owner.js')};
  import { createRunsStore } from ${from('store/runs.js')};
  const config = resolveConfig(${JSON.stringify({ baseUrl: wandb.url, apiKey: wandb.apiKey })}, {});
  const remote = createInProcessRemote(
    (contents) =>
      createOwner({ ...DEFAULTS, store: createRunsStore(config.wire.reveal()), contents, writebackDelay: 50_000 }),
    { ...DEFAULTS, sync: "off" });
  remote.contents = { open: () => ({ kind: 'bytes', bytes: Buffer.from('x') }), close: () => {} };
  remote.onEvent = ({ type, path }) => type !== 'progress' && console.log(type, path ?? '');
  const source = { kind: 'held', id: 1, size: 1 };
  remote.call('submit', { ino: 1, generation: 1, path: '${run}/a', source }, () => {});
  ${last}`;

const runScript = (source: string) =>
  run(process.execPath, ['--input-type=module', '--eval', source], { cwd: packageRoot });

describe('a process that owns its remote itself', () => {
  test('sends what waits before it ends by itself', async () => {
    expect(await runScript(script(''))).toEqual({
      exitCode: 0,
      stdout: 'uploaded e/p/r/a\nidle \n',
      stderr: '',
    });
  });

  test('cannot send anything in process.exit, and says what is left', async () => {
    const { exitCode, stderr } = await runScript(script('process.exit(4);'));
    expect({ exitCode, stderr }).toEqual({
      exitCode: 4,
      stderr: expect.stringMatching(
        /^wandb-fs: not uploaded: e\/p\/r\/a: .*`await fs.wandb.flush\(\)` before\n$/,
      ),
    });
  });

  test('ends although an upload fails, and says so', async () => {
    const { exitCode, stdout, stderr } = await runScript(script('', 'e/p/none'));
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(/^wandb-fs: not uploaded: e\/p\/none\/a: .+\n$/),
    });
    expect(stdout).toContain('failed e/p/none/a');
  });
});
