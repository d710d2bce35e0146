import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { useServer } from '../helpers/server.js';
import { makeRun } from '../semantics/helpers/mounts.js';
import { contentOn, eventually } from '../semantics/helpers/waiting.js';
import { runScript } from './scripts.js';

const server = useServer();
let run: string;
beforeEach(async () => {
  run = await makeRun(server, { 'log.txt': 'a', 'old.txt': 'moved', 'gone.txt': 'x' });
});
afterEach(() => server.faults([]));

/** Waits until the server shows this, of files by their names; null: no such file. */
const onServer = (contents: Readonly<Record<string, string | null>>) =>
  eventually(
    async () => {
      const seen = Object.keys(contents).map(async (name) => [
        name,
        (await contentOn(server, run, name)) ?? null,
      ]);
      return Object.fromEntries(await Promise.all(seen));
    },
    (seen) => isDeepStrictEqual(seen, contents),
  );

/** What a program's own 'exit' listener does, in every way that is done when it returns. */
const CHANGES = `
  const change = (name) => {
    fs.writeFileSync(RUN + '/' + name + '.txt', name);
    fs.appendFileSync(RUN + '/log.txt', name);
    fs.writeSync(fs.openSync(RUN + '/' + name + '-open.txt', 'w'), name);
  };
  const rearrange = () => {
    fs.renameSync(RUN + '/old.txt', RUN + '/new.txt');
    fs.rmSync(RUN + '/gone.txt');
  };`;

test('what a program changes in its `exit` listeners is on the server when it ends, wherever they stand', async () => {
  const script = `${CHANGES}
    process.on('exit', () => change('early'));
    fs.writeFileSync(RUN + '/written.txt', 'written');
    process.on('exit', () => change('late'));
    process.prependListener('exit', () => change('first'));
    process.on('exit', rearrange);`;
  expect(await runScript(server, run, script)).toMatchObject({ exitCode: 0, stderr: '' });
  await onServer({
    'written.txt': 'written',
    'first.txt': 'first',
    'early.txt': 'early',
    'late.txt': 'late',
    'early-open.txt': 'early',
    'late-open.txt': 'late',
    'log.txt': 'afirstearlylate',
    'new.txt': 'moved',
    'old.txt': null,
    'gone.txt': null,
  });
});

test.each([
  ['that was added first', `process.prependListener('exit', end); process.on('exit', unreached);`],
  ['that was added last', `process.on('exit', end); process.on('exit', unreached);`],
])('a listener that ends the process, %s, leaves nothing behind', async (_, listen) => {
  const script = `${CHANGES}
    const end = () => { change('last'); process.exit(3); };
    const unreached = () => change('unreached');
    fs.writeFileSync(RUN + '/written.txt', 'written');
    ${listen}
    throw new Error('a bug');`;
  expect(await runScript(server, run, script, { writebackDelay: 50_000 })).toMatchObject({ exitCode: 3 });
  await onServer({
    'written.txt': 'written',
    'last.txt': 'last',
    'last-open.txt': 'last',
    'unreached.txt': null,
  });
});

test('a listener from before the first change that ends the process, or fails, loses nothing', async () => {
  for (const end of [`process.exit(4)`, `throw new Error('a bug')`]) {
    const script = `process.on('exit', () => { ${end}; });
      fs.writeFileSync(RUN + '/written.txt', ${JSON.stringify(end)});
      process.exit(0);`;
    await runScript(server, run, script);
    await onServer({ 'written.txt': end });
  }
});

test('an fs object may be used for the first time in an `exit` listener', async () => {
  const script = `process.on('exit', () => {
      fs.writeFileSync(RUN + '/report.txt', 'report');
      fs.writeFileSync(RUN + '/large.bin', Buffer.alloc(6e6, 'x'));
    });`;
  expect(await runScript(server, run, script)).toMatchObject({ exitCode: 0, stderr: '' });
  await onServer({ 'report.txt': 'report', 'large.bin': 'x'.repeat(6e6) });
});

test('what cannot be sent there is named, once, and an exit code of 0 becomes 1', async () => {
  await server.faults([{ match: { method: 'PUT' }, status: 403, times: Infinity }]);
  const script = `fs.writeFileSync(RUN + '/before.txt', 'x');
    process.on('exit', () => {
      fs.writeFileSync(RUN + '/late.txt', 'x');
      fs.writeFileSync(RUN + '/later.txt', 'x');
    });`;
  const { exitCode, stderr } = await runScript(server, run, script);
  expect(exitCode).toBe(1);
  const named = stderr.split('\n').filter((line) => line.includes('not uploaded: '));
  expect(named.map((line) => line.split(': ')[2])).toEqual([
    `${run}/before.txt`,
    `${run}/late.txt`,
    `${run}/later.txt`,
  ]);
});

test('`exitFlushMs` that is over once is over for all that listeners write', async () => {
  await server.faults([{ match: { method: 'PUT' }, delayMs: 60_000, times: Infinity }]);
  const script = `fs.readdirSync(RUN);
    process.on('exit', () => {
      for (let i = 0; i < 30; i++) fs.writeFileSync(RUN + '/late-' + i, 'late');
    });`;
  const { exitCode, stderr, ms } = await runScript(server, run, script, { exitFlushMs: 500 });
  expect(exitCode).toBe(1);
  expect(ms).toBeLessThan(30 * 500);
  for (let i = 0; i < 30; i++) expect(stderr).toContain(`${run}/late-${i}: W&B had not taken it`);
});

test('with a journal the next start sends what a listener has written', async () => {
  const journal = mkdtempSync(join(tmpdir(), 'exit-listeners-'));
  try {
    await server.faults([{ match: { method: 'PUT' }, status: 403, times: Infinity }]);
    const script = `fs.writeFileSync(RUN + '/before.txt', 'before');
      process.on('exit', () => fs.writeFileSync(RUN + '/late.txt', 'late'));`;
    const { exitCode, stderr } = await runScript(server, run, script, { journal });
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`not uploaded yet, the next start sends it from the journal: ${run}/late.txt`);
    await server.faults([]);
    await runScript(server, run, `fs.readdirSync(RUN); await fs.wandb.flush();`, { journal });
    await onServer({ 'before.txt': 'before', 'late.txt': 'late' });
  } finally {
    rmSync(journal, { recursive: true });
  }
});
