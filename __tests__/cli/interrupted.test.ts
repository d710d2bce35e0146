import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { environment, packageRoot, UNOPTIMISED } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { makeRun } from '../semantics/helpers/mounts.js';
import { eventually } from '../semantics/helpers/waiting.js';

const MIB = 1024 * 1024;
const BIG = Buffer.alloc(24 * MIB + 7, 'abcdefghijk');
/** The storage takes its time; looks for what a process has done by then. */
const PATIENCE_MS = 20_000;

const server = useServer(STANDARD);
let directory: string;
let run: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'wandb-fs-interrupted-'));
  run = await makeRun(server, { 'big.bin': BIG });
});
afterEach(async () => {
  await server.faults([]);
  rmSync(directory, { recursive: true });
});

/** Starts the program itself. */
function start(...argv: readonly string[]): ChildProcess {
  return startWith(join(directory, 'journal'), ...argv);
}

function startWith(journal: string, ...argv: readonly string[]): ChildProcess {
  return spawn(process.execPath, [...UNOPTIMISED, join(packageRoot, 'dist/esm/cli/main.js'), ...argv], {
    cwd: directory,
    env: environment({
      WANDB_BASE_URL: server.url,
      WANDB_API_KEY: server.apiKey,
      WANDB_FS_JOURNAL: journal,
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly err: string;
}

async function ended(child: ChildProcess): Promise<Ended> {
  const err = child.stderr ? text(child.stderr) : '';
  child.stdout?.resume();
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return { code, signal, err: await err };
}

/** Bytes below a directory of the disk; 0 where nothing is there. */
function bytesIn(top: string, isCounted: (name: string) => boolean = () => true): number {
  try {
    const entries = readdirSync(top, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && isCounted(entry.name));
    return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

test('Ctrl-C in an upload ends it at once, and the same command goes on from the journal', async () => {
  writeFileSync(join(directory, 'new.bin'), BIG);
  await server.faults([{ match: { side: 'storage', method: 'PUT' }, delayMs: PATIENCE_MS }]);
  const child = start('put', 'new.bin', `wandbfs://${run}/new.bin`);
  const end = ended(child);
  await eventually(
    async () => bytesIn(join(directory, 'journal')),
    (bytes) => bytes > BIG.length,
    PATIENCE_MS,
  );
  child.kill('SIGINT');
  expect(await end).toEqual({
    code: null,
    signal: 'SIGINT',
    err: expect.stringContaining(
      'Interrupted. 0 of 1 files are through. The same command goes on from here.',
    ),
  });
  expect(Object.keys(await server.files(run))).toEqual(['big.bin']);
  await server.faults([]);
  // What waits is sent without its file.
  rmSync(join(directory, 'new.bin'));
  expect(await ended(start('journal', 'resume'))).toMatchObject({ code: 0 });
  expect(Buffer.from((await server.files(run))['new.bin'] ?? []).equals(BIG)).toBe(true);
});

test('without a journal what is on its way is waited for, until a second signal, such as Ctrl-C, ends it at once', async () => {
  writeFileSync(join(directory, 'new.bin'), 'new');
  await server.faults([{ match: { side: 'storage', method: 'PUT' }, delayMs: 600_000 }]);
  await server.requests({ clear: true });
  const child = startWith('0', 'put', 'new.bin', `wandbfs://${run}/new.bin`);
  const exited = once(child, 'exit');
  let err = '';
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    err += part;
  });
  const isUnderWay = async () =>
    (await server.requests()).some(({ operation }) => operation === 'CreateRunFiles');
  await eventually(isUnderWay, Boolean, PATIENCE_MS);
  // Two of one kind couldn't be told apart.
  child.kill('SIGTERM');
  await eventually(
    async () => err,
    (text) => text.includes('Interrupted.'),
    PATIENCE_MS,
  );
  child.kill('SIGINT');
  expect(await exited).toEqual([null, 'SIGINT']);
});

test('a directory that became a place which was not there goes on by its contents, as it is told', async () => {
  await server.faults([{ match: { side: 'storage', method: 'GET' }, bytesPerSecond: 4 * MIB, times: 1000 }]);
  const child = start('get', `wandbfs://${run}`, 'copy');
  const end = ended(child);
  await eventually(
    async () => bytesIn(directory, (name) => name.endsWith('.part')),
    (bytes) => bytes > MIB,
    PATIENCE_MS,
  );
  child.kill('SIGINT');
  expect((await end).err).toContain(
    `The same command with 'wandbfs://${run}/.' in place of 'wandbfs://${run}' goes on from here.`,
  );
  await server.faults([]);
  expect(await ended(start('get', `wandbfs://${run}/.`, 'copy'))).toMatchObject({ code: 0 });
  expect(readFileSync(join(directory, 'copy/big.bin')).equals(BIG)).toBe(true);
  expect(readdirSync(join(directory, 'copy'))).toEqual(['big.bin']);
});

test('a commit that is interrupted leaves no draft, and says that no version was made', async () => {
  mkdirSync(join(directory, 'data'));
  writeFileSync(join(directory, 'data/new.bin'), 'new');
  await server.faults([{ match: { side: 'storage', method: 'PUT' }, delayMs: 600_000, times: 100 }]);
  await server.requests({ clear: true });
  const child = start('commit', 'data', 'wandbas://team/project/dataset/made');
  const end = ended(child);
  await eventually(
    async () => (await server.requests()).some(({ operation }) => operation === 'CreateArtifactFiles'),
    Boolean,
    PATIENCE_MS,
  );
  child.kill('SIGINT');
  expect(await end).toMatchObject({ signal: 'SIGINT', err: expect.stringContaining('No version was made') });
  await server.faults([]);
  const left = spawnSync(process.execPath, [join(packageRoot, 'dist/esm/cli/main.js'), 'journal', '--json'], {
    env: environment({ WANDB_FS_JOURNAL: join(directory, 'journal') }),
    encoding: 'utf8',
  });
  expect(left.stdout).toBe('[]\n');
});

test('a download that was killed is gone on with by the same command', async () => {
  await server.faults([{ match: { side: 'storage', method: 'GET' }, bytesPerSecond: 4 * MIB, times: 1000 }]);
  const command = ['get', `wandbfs://${run}/big.bin`];
  const child = start(...command);
  const end = ended(child);
  const isPart = (name: string): boolean => name.endsWith('.part');
  await eventually(
    async () => bytesIn(directory, isPart),
    (bytes) => bytes > 4 * MIB,
    PATIENCE_MS,
  );
  child.kill('SIGKILL');
  expect(await end).toMatchObject({ signal: 'SIGKILL' });
  const kept = bytesIn(directory, isPart);
  await server.faults([]);
  await server.requests({ clear: true });
  expect(await ended(start(...command))).toMatchObject({ code: 0 });
  expect(readFileSync(join(directory, 'big.bin')).equals(BIG)).toBe(true);
  const fetched = (await server.requests()).filter(
    ({ side, method }) => side === 'storage' && method === 'GET',
  );
  const bytes = fetched.reduce((sum, request) => sum + request.bytes, 0);
  expect(bytes).toBeLessThanOrEqual(BIG.length - kept + MIB);
  expect(bytesIn(directory, isPart)).toBe(0);
});
