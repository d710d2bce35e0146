import { constants } from 'node:fs';
import { treePath } from '../../../../src/contract/tree-path.js';
import { codeOf, type Mount, mount, outcome, turn } from '../../helpers/mount.js';
import { contentOf, flat, nameOf, readEach, seed, shuffled, UNIT } from './helpers/small-files.js';

const { O_RDONLY } = constants;

const told = ({ kernel }: Mount) => {
  const { readAhead, readAheadUsed, readAheadWasted } = kernel.counters();
  return { readAhead, readAheadUsed, readAheadWasted };
};

const readsOf = ({ remote }: Mount): number => remote.log.filter((each) => each === 'read').length;

test.each([
  ['in the order of the listing', (names: string[]) => names],
  ['from the last to the first', (names: string[]) => names.reverse()],
])('files that are read one after another are read ahead, %s', (_, order) => {
  const mounted = mount();
  const names = seed(mounted, flat(200));
  readEach(mounted, order([...names]));
  expect(told(mounted)).toEqual({ readAhead: 198, readAheadUsed: 198, readAheadWasted: 0 });
  expect(readsOf(mounted)).toBe(200);
});

test('modules are read as they import each other: most of them are there when they are asked for', () => {
  const mounted = mount();
  const names = seed(mounted, flat(300));
  readEach(mounted, shuffled(names));
  expect(told(mounted).readAheadUsed).toBeGreaterThan(250);
  expect(readsOf(mounted)).toBe(300);
});

test('the directories beside are read ahead of who reads all of one', () => {
  const mounted = mount();
  const names = seed(
    mounted,
    flat(90).map((name, index) => `src/${Math.floor(index / 3)}/${name}`),
  );
  readEach(mounted, names);
  expect(told(mounted)).toMatchObject({ readAheadUsed: 88, readAheadWasted: 0 });
});

test('who reads one file of each directory pays for no other', () => {
  const mounted = mount();
  const names = seed(
    mounted,
    flat(90).map((name, index) => `packages/${Math.floor(index / 3)}/${name}`),
  );
  readEach(
    mounted,
    names.filter((_, index) => index % 3 === 0),
  );
  expect(told(mounted).readAhead).toBe(0);
  expect(readsOf(mounted)).toBe(30);
});

test('of a few files out of many few are read in vain, and of a hundred no more than twice as many', () => {
  const mounted = mount();
  const names = shuffled(seed(mounted, flat(5000)));
  readEach(mounted, names.slice(0, 3));
  expect(told(mounted).readAhead).toBeLessThanOrEqual(6);
  readEach(mounted, names.slice(3, 100));
  const { readAhead = 0, readAheadUsed = 0 } = told(mounted);
  expect(readAhead).toBeLessThanOrEqual(200 + 14 * readAheadUsed);
});

test('two directories in turn are read ahead of their readers', () => {
  const mounted = mount();
  const [ones, others] = ['a', 'b'].map((directory) =>
    seed(
      mounted,
      flat(60).map((name) => `${directory}/${name}`),
    ),
  ) as [string[], string[]];
  readEach(
    mounted,
    ones.flatMap((name, index) => [name, others[index] as string]),
  );
  expect(told(mounted).readAheadUsed).toBeGreaterThan(100);
  expect(readsOf(mounted)).toBe(120);
});

test('a large file is never read ahead, and leaves the small ones around it what they are', () => {
  const mounted = mount({ blockBytes: 64 });
  const names = seed(mounted, flat(40));
  const large = `${UNIT}/${nameOf(10)}`;
  mounted.server.write(large, 'x'.repeat(1000));
  readEach(
    mounted,
    names.filter((name) => name !== nameOf(10)),
  );
  expect(told(mounted)).toMatchObject({ readAhead: 37, readAheadUsed: 37 });
  expect(mounted.readFile(large)).toHaveLength(1000);
});

test('who asks for many files at once is no such reader', async () => {
  const mounted = mount();
  const { kernel, remote, sync, async: later } = mounted;
  const names = seed(mounted, flat(200)).slice(0, 100);
  const reads = names.map((name) => {
    const fd = sync((op) => kernel.open(op, treePath(`${UNIT}/${name}`), O_RDONLY, 0));
    return later((op) => kernel.read(op, fd, Buffer.alloc(64), 0));
  });
  await turn();
  remote.settle();
  await Promise.all(reads);
  expect(told(mounted).readAhead).toBe(0);
  expect(readsOf(mounted)).toBe(100);
});

test('nothing is read ahead with `readAheadBytes: 0`', () => {
  const mounted = mount({ readAheadBytes: 0 });
  readEach(mounted, seed(mounted, flat(50)));
  expect(told(mounted).readAhead).toBe(0);
});

test('what is unread stays within `readAheadBytes`', () => {
  const readAheadBytes = 4096;
  const mounted = mount({ readAheadBytes });
  const names = seed(mounted, flat(200));
  for (const name of names) mounted.server.write(`${UNIT}/${name}`, name.padEnd(512, '.'));
  for (const name of names) {
    mounted.readFile(`${UNIT}/${name}`);
    const { readAhead = 0, readAheadUsed = 0, readAheadWasted = 0 } = told(mounted);
    expect((readAhead - readAheadUsed - readAheadWasted) * 512).toBeLessThanOrEqual(readAheadBytes);
  }
  expect(told(mounted).readAheadUsed).toBeGreaterThan(150);
});

test('a cache that has no room for them ends it', () => {
  const mounted = mount({ blockBytes: 512, cacheBytes: 4096 });
  const names = seed(mounted, flat(300));
  readEach(mounted, shuffled(names));
  const { readAhead = 0, readAheadUsed = 0, readAheadWasted = 0 } = told(mounted);
  expect(mounted.kernel.counters().pageBytes).toBeLessThanOrEqual(4096);
  expect(readAhead).toBeGreaterThanOrEqual(readAheadUsed + readAheadWasted);
  expect(readsOf(mounted)).toBe(300 + readAhead - readAheadUsed);
});

test('one that fails fails nobody: who wants the file asks for it, and is told what he would be told otherwise', () => {
  const outcomes = [4 * 1024 * 1024, 0].map((readAheadBytes) => {
    const mounted = mount({ readAheadBytes });
    const names = seed(mounted, flat(20));
    mounted.names(UNIT);
    // Listed, and gone since.
    for (const index of [4, 9]) mounted.server.delete(`${UNIT}/${nameOf(index)}`);
    const told = names.map((name) => codeOf(() => mounted.readFile(`${UNIT}/${name}`)));
    return { told, wasted: mounted.kernel.counters().readAheadWasted };
  });
  const [ahead, plain] = outcomes;
  expect(plain?.told.filter((code) => code !== 'success')).toEqual(['ESTALE', 'ENOENT']);
  expect(ahead).toEqual({ ...plain, wasted: 2 });
});

test('what was replaced at the storage before it was read ahead is found out by who reads it', () => {
  const mounted = mount();
  const names = seed(mounted, flat(20));
  mounted.names(UNIT);
  mounted.server.write(`${UNIT}/${nameOf(7)}`, 'another');
  for (const name of names) {
    const text = mounted.readFile(`${UNIT}/${name}`);
    expect(text).toBe(name === nameOf(7) ? 'another' : contentOf(name));
  }
});

test('what is replaced behind its reading ahead is seen with the next listing', () => {
  const mounted = mount();
  const names = seed(mounted, flat(20));
  readEach(mounted, names.slice(0, 3));
  mounted.server.write(`${UNIT}/${nameOf(3)}`, 'another');
  mounted.clock.now += 60_000;
  expect(mounted.readFile(`${UNIT}/${nameOf(3)}`)).toBe('another');
});

test('what is changed here is neither read ahead nor lost', () => {
  const mounted = mount();
  const names = seed(mounted, flat(20));
  mounted.writeFile(`${UNIT}/${nameOf(5)}`, 'mine');
  mounted.writeFile(`${UNIT}/${nameOf(5)}a`, 'new');
  for (const name of names) {
    const text = mounted.readFile(`${UNIT}/${name}`);
    expect(text).toBe(name === nameOf(5) ? 'mine' : contentOf(name));
  }
  expect(mounted.readFile(`${UNIT}/${nameOf(5)}a`)).toBe('new');
  expect(told(mounted)).toMatchObject({ readAhead: 17, readAheadUsed: 17 });
});

test('who asks for what is on its way waits for it, and may leave', async () => {
  const mounted = mount();
  const { kernel, remote, server, sync, async: later } = mounted;
  const names = seed(mounted, flat(20));
  readEach(mounted, names.slice(0, 2));
  const open = (index: number): number =>
    sync((op) => kernel.open(op, treePath(`${UNIT}/${nameOf(index)}`), O_RDONLY, 0));
  const before = readsOf(mounted);
  const leaving = new AbortController();
  const [left, stayed] = [2, 3].map((index) =>
    outcome(
      later(
        (op) => kernel.read(op, open(index), Buffer.alloc(64), 0),
        index === 2 ? leaving.signal : undefined,
      ),
    ),
  );
  await turn();
  leaving.abort();
  expect(await left).toBe('ECANCELED');
  remote.settle();
  expect(await stayed).toBe(contentOf(nameOf(3)).length);
  expect(readsOf(mounted) - before).toBeLessThanOrEqual(20);
  expect(mounted.readFile(`${UNIT}/${nameOf(2)}`)).toBe(contentOf(nameOf(2)));
  expect(server.text(`${UNIT}/${nameOf(2)}`)).toBe(contentOf(nameOf(2)));
});

test('closing gives up what is on its way', () => {
  const mounted = mount();
  const { kernel, remote, sync } = mounted;
  const names = seed(mounted, flat(50));
  readEach(mounted, names.slice(0, 2));
  kernel.cancelReads();
  sync((op) => kernel.shutdown(op));
  remote.settle();
  const { readAhead, readAheadUsed, readAheadWasted } = told(mounted);
  expect({ readAheadUsed, readAheadWasted }).toEqual({ readAheadUsed: 0, readAheadWasted: readAhead });
});
