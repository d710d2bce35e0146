import { spawnSync } from 'node:child_process';
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Journal, JournalOptions } from '../../../../src/kernel/content/journal/journal.js';
import { ownIdentity } from '../../../../src/kernel/content/spool/process-identity.js';
import { contentsOf, opened, somewhere, write } from './helpers/journals.js';
import { journalFile, live, liveOn } from './helpers/processes.js';
import type { Step } from './helpers/programs.js';

const STEP: Step = { do: 'write', path: 'e/p/r/f', text: 'content' };
const HELD = { 'e/p/r/f': 'content' };

const takeOver = (options: JournalOptions) => contentsOf(opened(options).takeOver());
const homeOf = (journal: Journal): string => join(journal.directory, '..');

describe('what an instance holds is taken over', () => {
  test('not while it is open, though it is of this very process', () => {
    const options = somewhere();
    write(opened(options), 'e/p/r/f', 'content');
    expect(takeOver(options)).toEqual({});
  });

  test('when it was closed', () => {
    const options = somewhere();
    const first = opened(options);
    write(first, 'e/p/r/f', 'content');
    first.close();
    expect(takeOver(options)).toEqual(HELD);
  });

  test('by one other, not by each', () => {
    const options = somewhere();
    const first = opened(options);
    write(first, 'e/p/r/f', 'content');
    first.close();
    expect(takeOver(options)).toEqual(HELD);
    expect(takeOver(options)).toEqual({});
  });

  test('when its process was killed, not before', async () => {
    const options = somewhere();
    const { kill } = await liveOn(options, [STEP]);
    expect(takeOver(options)).toEqual({});
    await kill();
    expect(takeOver(options)).toEqual(HELD);
  });

  test('when its thread was terminated, not before', async () => {
    const options = somewhere();
    const worker = new Worker(
      `const { workerData, parentPort } = require('node:worker_threads');
      const journal = require(workerData.file).openJournal(workerData.options);
      journal.put('e/p/r/d', { kind: 'directory' });
      setInterval(() => {}, 1000);
      parentPort.postMessage('ready');`,
      { eval: true, workerData: { file: journalFile(), options } },
    );
    await new Promise((resolve) => worker.once('message', resolve));
    expect(takeOver(options)).toEqual({});
    await worker.terminate();
    expect(takeOver(options)).toEqual({ 'e/p/r/d': '{"kind":"directory"}' });
  });

  test('when another process that lives on has let go of it', () => {
    const options = somewhere();
    const mine = opened(options);
    write(mine, 'e/p/r/mine', 'not yet');
    const given = opened(options);
    write(given, 'e/p/r/f', 'content');
    given.close();
    const found = spawnSync(
      process.execPath,
      [
        '-e',
        `const { openJournal } = require(process.argv[1]);
        const journal = openJournal(JSON.parse(process.argv[2]));
        console.log(journal.takeOver().recovered.map(({ path }) => path).join());`,
        journalFile(),
        JSON.stringify(options),
      ],
      { encoding: 'utf8' },
    );
    expect(found).toMatchObject({ stdout: 'e/p/r/f\n', stderr: '' });
  });

  test('when it was being made as its process died', async () => {
    const options = somewhere();
    await live({ options, killAt: 4 });
    const journal = opened(options);
    expect(readdirSync(homeOf(journal))).toHaveLength(2);
    expect(contentsOf(journal.takeOver())).toEqual({});
    expect(readdirSync(homeOf(journal))).toHaveLength(1);
  });

  test('by exactly one of many that start at once', async () => {
    const options = somewhere();
    const steps = Array.from({ length: 5 }, (_, n): Step => ({ ...STEP, path: `e/p/r/${n}` }));
    for (const step of steps) await live({ options: { ...options, identity: 'apart' }, steps: [step] });
    const lives = await Promise.all([1, 2, 3, 4].map(() => liveOn({ ...options, identity: 'apart' }, [])));
    await Promise.all(lives.map(({ kill }) => kill()));
    expect(lives.reduce((sum, { recovered }) => sum + recovered, 0)).toBe(5);
    expect(Object.keys(takeOver({ ...options, identity: 'apart' }))).toHaveLength(5);
  });

  test('by nobody of another identity', () => {
    const options = somewhere();
    const first = opened(options);
    write(first, 'e/p/r/f', 'content');
    first.close();
    expect(takeOver({ ...options, identity: 'somebody else' })).toEqual({});
    expect(takeOver(options)).toEqual(HELD);
  });
});

describe('where processes can’t be asked', () => {
  const left = (change: (name: string) => string): JournalOptions => {
    const options = somewhere();
    const journal = opened(options);
    write(journal, 'e/p/r/f', 'content');
    journal.close();
    const name = journal.directory.slice(homeOf(journal).length + 1);
    renameSync(journal.directory, join(homeOf(journal), change(name)));
    return options;
  };
  const { host, world } = ownIdentity();

  test('what another machine left stays, for who starts there', () => {
    const options = left((name) => name.replace(host, '01234567'));
    const journal = opened(options);
    expect(journal.takeOver().recovered).toEqual([]);
    const [name = ''] = readdirSync(homeOf(journal)).filter((each) => each.includes('01234567'));
    renameSync(join(homeOf(journal), name), join(homeOf(journal), name.replace('01234567', host)));
    expect(contentsOf(journal.takeOver())).toEqual(HELD);
  });

  test('what was left before the machine or the container was started again is taken over', () => {
    expect(takeOver(left((name) => name.replace(world, '01234567')))).toEqual(HELD);
  });

  test('what has no name of a session is left alone', () => {
    const options = left(() => 'notes');
    const journal = opened(options);
    writeFileSync(join(homeOf(journal), `${journal.directory.slice(homeOf(journal).length + 1)}0`), 'a file');
    expect(contentsOf(journal.takeOver())).toEqual({});
    expect(readdirSync(homeOf(journal))).toHaveLength(3);
  });
});

describe('of a path that several wrote', () => {
  const leave = (options: JournalOptions, text: string, at: number): void => {
    const journal = opened({ ...options, now: () => at });
    write(journal, 'e/p/r/f', text);
    journal.close();
  };

  test.each([
    ['first', [1000, 2000]],
    ['last', [2000, 1000]],
  ])('the one that was acknowledged last is right, whichever is read %s', (_which, times) => {
    const options = somewhere();
    for (const at of times) leave(options, `at ${at}`, at);
    expect(takeOver(options)).toEqual({ 'e/p/r/f': 'at 2000' });
  });

  test('what this instance wrote itself is later than what dead ones left', () => {
    const options = somewhere();
    leave(options, 'left', 2000);
    const journal = opened({ ...options, now: () => 1000 });
    write(journal, 'e/p/r/f', 'own');
    expect(journal.takeOver().recovered).toEqual([]);
    journal.close();
    expect(takeOver(options)).toEqual({ 'e/p/r/f': 'own' });
  });
});
