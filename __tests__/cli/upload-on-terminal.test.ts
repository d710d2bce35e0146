import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type FaultProxy, startFaultProxy } from 'wandb-fs/testing';
import { makeDirectory } from '../helpers/directories.js';
import { environment, packageRoot, run } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';

const MIB = 1024 * 1024;
/** `npm run test:matrix` takes 1024. */
const MIBS = Number(process.env.WANDB_FS_UPLOAD_MIB ?? 24);
/** At which all of it takes so long that somebody can interrupt it. */
const SECONDS = 3;
const RUN = 'team/flowers/a1';
const CTRL_C = '\u0003';

const program = join(packageRoot, 'dist/esm/cli/main.js');
const server = useServer(STANDARD);
let proxy: FaultProxy;
let directory: string;

beforeAll(async () => {
  proxy = await startFaultProxy(server);
  directory = await makeDirectory();
  await server.seed({ [RUN]: { 'config.yaml': 'lr: 0.1' } });
  const file = openSync(join(directory, 'big.bin'), 'w');
  ftruncateSync(file, MIBS * MIB + 7);
  for (let at = 0; at < MIBS; at++) writeSync(file, `block ${at}`, at * MIB);
  closeSync(file);
});
afterAll(() => proxy.close());

const settings = () => ({
  WANDB_BASE_URL: proxy.url,
  WANDB_API_KEY: server.apiKey,
  WANDB_FS_JOURNAL: join(directory, 'journal'),
  TERM: 'xterm-256color',
});

/** A command on a terminal of its own, to which can be typed. */
function terminal(command: string): { readonly child: ChildProcess; readonly printed: () => string } {
  let text = '';
  const line = `stty cols 80; exec '${process.execPath}' '${program}' ${command}`;
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    cwd: directory,
    env: environment(settings()),
  });
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  return { child, printed: () => text };
}

const hasScript =
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;

(hasScript ? test : test.skip)(
  'Ctrl-C in the midst of an upload ends it, and the same command sends what the journal has (24 MiB, in the matrix 1 GiB; where script of util-linux is)',
  async () => {
    const command = `put big.bin wandbfs://${RUN}/big.bin`;
    const slow = { kind: 'slow', what: 'request', bytesPerSecond: (MIBS * MIB) / SECONDS } as const;
    await proxy.faults([{ match: { side: 'storage', method: 'PUT' }, fault: slow }]);
    const { child, printed } = terminal(command);
    const closed = once(child, 'close');
    const isUnderWay = /\] +[1-9]\d?% \S+ \S+ \d\d:\d\d big\.bin/;
    while (!isUnderWay.test(printed()) && child.exitCode === null) await once(child.stdout ?? child, 'data');
    child.stdin?.write(CTRL_C);
    expect(await closed).toEqual([130, null]);
    expect(printed()).toContain('Interrupted. 0 of 1 files are through. The same command goes on from here.');
    // The cursor is seen again.
    expect(printed().lastIndexOf('\u001b[?25h')).toBeGreaterThan(printed().lastIndexOf('\u001b[?25l'));
    await proxy.clear();
    await server.requests({ clear: true });

    const again = terminal(command);
    expect(await once(again.child, 'close')).toEqual([0, null]);
    expect(again.printed()).toContain('0 files (0) copied, 1 the same');
    const sent = (await server.requests()).filter(({ method, status }) => method === 'PUT' && status === 200);
    expect(sent.map(({ bytes }) => bytes)).toEqual([MIBS * MIB + 7]);
    const verified = await run(process.execPath, [program, 'verify', 'big.bin', `wandbfs://${RUN}/big.bin`], {
      cwd: directory,
      env: settings(),
    });
    expect(verified).toMatchObject({ exitCode: 0, stdout: '' });
  },
  120_000,
);
