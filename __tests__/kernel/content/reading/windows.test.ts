import { constants } from 'node:fs';
import { treePath } from '../../../../src/contract/tree-path.js';
import { expectEqual } from '../../../helpers/equal.js';
import { type Mount, mount, turn } from '../../helpers/mount.js';

const FILE = 'e/p/r/large';
const BLOCK = 4096;
const SIZE = 200 * BLOCK;
const CACHE = 64 * BLOCK;
const STEP = 1024;

function open(options: Parameters<typeof mount>[0] = {}) {
  const mounted = mount({ blockBytes: BLOCK, cacheBytes: CACHE, ...options });
  const { kernel, server, sync } = mounted;
  const content = Buffer.from(Array.from({ length: SIZE }, (_, index) => (index * 7) % 251));
  server.write(FILE, content);
  const fd = sync((op) => kernel.open(op, treePath(FILE), constants.O_RDONLY, 0));
  return { ...mounted, content, fd };
}

const bytesOf = ({ kernel }: Mount): number => kernel.counters().downloadedBytes ?? 0;
const readsOf = ({ remote }: Mount): number => remote.log.filter((each) => each === 'read').length;

/** Requests that are on their way now. */
const onTheirWay = ({ remote }: Mount): number =>
  remote.steps().filter(({ name }) => name.startsWith('read ') || name === 'answer read').length;

/** Reads on by a reader that awaits; answers come when it waits. Returns the most requests that there were at once. */
async function readOn(mounted: ReturnType<typeof open>, from: number, to: number): Promise<number> {
  const { kernel, remote, content, fd, async: later } = mounted;
  let most = 0;
  for (let at = from; at < to; ) {
    const target = Buffer.alloc(STEP);
    let isThere = false;
    const read = later((op) => kernel.read(op, fd, target, at)).finally(() => {
      isThere = true;
    });
    await turn();
    most = Math.max(most, onTheirWay(mounted));
    for (; !isThere; await turn()) remote.settle();
    const count = await read;
    expectEqual(target.subarray(0, count).equals(content.subarray(at, at + count)), true);
    at += count;
  }
  return most;
}

test('who reads on in a large file has several windows on their way, and each byte comes once', async () => {
  const mounted = open();
  const most = await readOn(mounted, 0, SIZE);
  expect(most).toBeGreaterThanOrEqual(2);
  expect(most).toBeLessThanOrEqual(4);
  expect(bytesOf(mounted)).toBe(SIZE);
});

test('a sync reader gets it so, too', () => {
  const mounted = open();
  const { kernel, sync, content, fd } = mounted;
  for (let at = 0; at < SIZE; at += STEP) {
    const target = Buffer.alloc(STEP);
    sync((op) => kernel.read(op, fd, target, null));
    expectEqual(target.equals(content.subarray(at, at + STEP)), true);
  }
  expect(bytesOf(mounted)).toBe(SIZE);
  expect(readsOf(mounted)).toBeLessThan(50);
});

test('who reads the beginning alone gets no more than two blocks', async () => {
  const mounted = open();
  await readOn(mounted, 0, BLOCK);
  mounted.remote.settle();
  expect(bytesOf(mounted)).toBe(2 * BLOCK);
});

test('what is on its way for who reads on is given up when he goes elsewhere, and when he closes the file', async () => {
  for (const end of ['seek', 'close'] as const) {
    const mounted = open();
    const { kernel, remote, sync, fd, async: later } = mounted;
    await readOn(mounted, 0, 20 * BLOCK);
    const cancel = jest.spyOn(remote, 'cancel');
    const isBusy = onTheirWay(mounted) > 0;
    const gone =
      end === 'close'
        ? sync((op) => kernel.close(op, fd))
        : later((op) => kernel.read(op, fd, Buffer.alloc(4), 190 * BLOCK));
    expect({ isBusy, isGivenUp: cancel.mock.calls.length > 0 }).toEqual({ isBusy: true, isGivenUp: true });
    remote.settle();
    await gone;
  }
});

test('what was asked for ahead and refused is asked for by who comes to it', async () => {
  const mounted = open();
  const { server, content } = mounted;
  await readOn(mounted, 0, 10 * BLOCK);
  server.bytes.delete(FILE);
  mounted.remote.settle();
  server.bytes.set(FILE, content);
  await readOn(mounted, 10 * BLOCK, SIZE);
});

test.each([BLOCK, 4 * BLOCK, 8 * BLOCK])(
  'a cache of %s bytes holds no more, and all is read',
  async (cacheBytes) => {
    const mounted = open({ cacheBytes });
    await readOn(mounted, 0, SIZE);
    expect(mounted.kernel.counters().pageBytes).toBeLessThanOrEqual(cacheBytes + 256);
  },
);

test('with `readAheadBytes: 0` nothing is asked for that nobody waits for', async () => {
  const mounted = open({ readAheadBytes: 0 });
  expect(await readOn(mounted, 0, SIZE)).toBe(1);
  expect(bytesOf(mounted)).toBe(SIZE);
});
