import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalOptions } from '../../../../src/kernel/content/journal/journal.js';
import { contentsOf, opened, somewhere } from './helpers/journals.js';
import { type Death, type Life, live } from './helpers/processes.js';
import { type Contents, contentsAfter, STEPS, type Step } from './helpers/programs.js';

jest.setTimeout(120_000);

/** What the next start finds, and the start behind that one. Leaves nothing else behind. */
function recover(options: JournalOptions): Contents {
  const first = opened(options);
  const found = contentsOf(first.takeOver());
  first.close();
  const journal = opened(options);
  expect(contentsOf(journal.takeOver())).toEqual(found);
  expect(existsSync(join(journal.directory, 'adopted'))).toBe(false);
  const contents = journal.entries().filter(({ kind }) => kind === 'content');
  expect(readdirSync(journal.blobsDirectory)).toHaveLength(contents.length);
  expect(readdirSync(join(journal.directory, '..'))).toHaveLength(1);
  return found;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** The last of these steps makes the log be written anew: it is above 1 MiB, and most of it dead. */
const LONG: readonly Step[] = [
  { do: 'write', path: 'e/p/r/kept', text: 'kept' },
  ...upTo(16).map(
    (n): Step => ({ do: 'note', path: 'd', record: { kind: 'reference', uri: `${n}`.padEnd(65536) } }),
  ),
];

/** Kills a life at each of its changes of the disk, before them and half way through; the next start looks. */
async function killEverywhere(
  life: Omit<Life, 'options'> & { readonly prepare: () => JournalOptions },
  look: (options: JournalOptions, death: Death) => void,
): Promise<void> {
  const { prepare, ...rest } = life;
  const { calls, divisible } = await live({ ...rest, options: prepare() });
  expect(calls).toBeGreaterThan(3);
  expect(divisible).not.toEqual([]);
  const kills = [
    ...upTo(calls ?? 0).map((killAt) => ({ killAt, isCutShort: false })),
    ...divisible.map((killAt) => ({ killAt, isCutShort: true })),
  ];
  // Two at a time: there may be no more than two cores.
  const worker = async (): Promise<void> => {
    for (let kill = kills.shift(); kill; kill = kills.shift()) {
      const options = prepare();
      look(options, await live({ ...rest, options, ...kill }));
    }
  };
  await Promise.all([worker(), worker()]);
}

/** The step that was under way has happened or hasn't. */
const expectSteps =
  (steps: readonly Step[]) =>
  (options: JournalOptions, { done }: Death) => {
    const possible = [steps.slice(0, done), steps.slice(0, done + 1)].map(contentsAfter);
    expect(possible).toContainEqual(recover(options));
  };

test('killed at any change of the disk, what was acknowledged is there, and nothing else', async () => {
  await killEverywhere({ prepare: () => somewhere({ fsync: true }), steps: STEPS }, expectSteps(STEPS));
});

test('killed while the log is written anew, what was acknowledged is there', async () => {
  const quietSteps = LONG.length - 1;
  await killEverywhere({ prepare: () => somewhere(), steps: LONG, quietSteps }, expectSteps(LONG));
});

describe('killed while it takes over', () => {
  const dead = somewhere();
  const later: readonly Step[] = [
    { do: 'write', path: 'e/p/r/moved', text: 'by another process, later' },
    { do: 'write', path: 'e/p/r/new', text: 'new' },
  ];
  const expected = { ...contentsAfter(STEPS), ...contentsAfter(later) };

  beforeAll(async () => {
    await live({ options: dead, steps: STEPS });
    await liveBeside(later);
  });

  /** A session that takes nothing over: its process sees no other. */
  async function liveBeside(steps: readonly Step[]): Promise<void> {
    const aside = somewhere();
    await live({ options: aside, steps });
    cpSync(aside.dir, dead.dir, { recursive: true });
  }

  const copy = (): JournalOptions => {
    const options = somewhere();
    rmSync(options.dir, { recursive: true });
    cpSync(dead.dir, options.dir, { recursive: true });
    return options;
  };

  test('at any change of the disk, the next start has everything once', async () => {
    const { recovered } = await live({ options: copy() });
    expect(recovered).toBe(Object.keys(expected).length);
    await killEverywhere({ prepare: copy }, (options) => expect(recover(options)).toEqual(expected));
  });

  test('again and again, at another call each time, the one that lives has everything once', async () => {
    const { calls } = await live({ options: copy() });
    const kills = upTo(calls ?? 0);
    const options = copy();
    for (const killAt of kills) {
      await live({ options, killAt, isCutShort: killAt % 2 === 0 });
    }
    expect(recover(options)).toEqual(expected);
  });
});
