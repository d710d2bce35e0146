import { constants } from 'node:fs';
import { treePath } from '../../../../src/contract/tree-path.js';
import { expectEqual } from '../../../helpers/equal.js';
import { mount } from '../../helpers/mount.js';
import { seeded } from '../../helpers/seeded.js';

const FILE = 'e/p/r/large';
const SMALL = 'e/p/r/small';
/** All is smaller by the same measure: a thousand blocks stand for a gigabyte, and a byte for four kilobytes. */
const BLOCK = 256;
const CACHE = 64 * BLOCK;
const SIZE = 1024 * BLOCK;

function open() {
  const mounted = mount({ blockBytes: BLOCK, cacheBytes: CACHE });
  const { kernel, server, sync } = mounted;
  const content = Buffer.alloc(SIZE);
  for (let at = 0; at < SIZE; at += 4) content.writeUInt32LE(at, at);
  server.write(FILE, content);
  server.write(SMALL, 'x'.repeat(BLOCK));
  const fd = sync((op) => kernel.open(op, treePath(FILE), constants.O_RDONLY, 0));
  const read = (position: number | null, length: number): Buffer => {
    const target = Buffer.alloc(length);
    return target.subarray(
      0,
      sync((op) => kernel.read(op, fd, target, position)),
    );
  };
  const bytes = (): number => kernel.counters().downloadedBytes ?? 0;
  return { ...mounted, content, read, bytes };
}

test('a thousand small reads at random move a tenth of the file at most', () => {
  const { content, read, bytes } = open();
  const next = seeded(1);
  for (let index = 0; index < 1000; index++) {
    const at = next(SIZE);
    expectEqual(read(at, 1)[0], content[at]);
  }
  expect(bytes()).toBeLessThanOrEqual(SIZE / 10);
});

test('who reads on from anywhere reads by blocks, and by more of them', () => {
  const { content, read, remote } = open();
  const start = 300 * BLOCK + 17;
  remote.log.length = 0;
  for (let at = start; at < start + 100 * BLOCK; at += 16)
    expectEqual(read(at, 16).equals(content.subarray(at, at + 16)), true);
  expect(remote.log.length).toBeLessThanOrEqual(20);
});

test('two who take turns at one open file read by blocks, each on', () => {
  const { content, read, remote } = open();
  remote.log.length = 0;
  for (let at = 0; at < 20 * BLOCK; at += 16)
    for (const start of [100 * BLOCK + 5, 600 * BLOCK + 7])
      expectEqual(read(start + at, 16).equals(content.subarray(start + at, start + at + 16)), true);
  expect(remote.log.length).toBeLessThanOrEqual(2 * 22);
});

test('who comes back to the same place has all of it', () => {
  const { content, read, remote } = open();
  remote.log.length = 0;
  for (let index = 0; index < 64; index++) {
    const at = 500 * BLOCK + ((index * 37) % 64) * 4;
    expect(read(at, 2).equals(content.subarray(at, at + 2))).toBe(true);
  }
  expect(remote.log.length).toBeLessThanOrEqual(6);
});

test('large reads at random are read by blocks, each in one request', () => {
  const { content, read, remote } = open();
  remote.log.length = 0;
  for (const at of [100, 700, 300].map((block) => block * BLOCK + 5))
    expect(read(at, 3 * BLOCK).equals(content.subarray(at, at + 3 * BLOCK))).toBe(true);
  expect(remote.log).toHaveLength(3);
});

test('a small file comes whole, however it is read: so it is verified', () => {
  const { kernel, sync, remote } = open();
  const fd = sync((op) => kernel.open(op, treePath(SMALL), constants.O_RDONLY, 0));
  remote.log.length = 0;
  for (const at of [200, 30, 100]) sync((op) => kernel.read(op, fd, Buffer.alloc(4), at));
  expect(remote.log.filter((each) => each === 'read')).toHaveLength(1);
});

test('what was replaced between two reads at random is found out', () => {
  const { read, server } = open();
  read(500 * BLOCK, 4);
  server.write(FILE, Buffer.alloc(SIZE, 'y'));
  expect(() => read(100 * BLOCK, 4)).toThrow(expect.objectContaining({ code: 'ESTALE' }));
});
