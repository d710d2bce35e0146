import nodeFs from 'node:fs';
import { join } from 'node:path';
import { mountAll } from '../../src/node/mounts/mount-all.js';
import { type Mounts, makeMounts } from './support/mounts.js';

const MIB = 1024 * 1024;

let mounts: Mounts;
beforeEach(() => {
  mounts = makeMounts();
});
afterEach(() => mounts.remove());

/** A filesystem over all, and the memory behind each write to the disk. */
function observed() {
  const behind: number[] = [];
  const writeSync = (fd: number, bytes: Buffer, ...rest: never[]): number => {
    behind.push(bytes.buffer.byteLength);
    return nodeFs.writeSync(fd, bytes, ...rest);
  };
  const base = { ...nodeFs, writeSync } as typeof nodeFs;
  return { fs: mountAll({ [mounts.at('wandb/runs')]: mounts.runs.fs }, base), behind };
}

test.each([
  ['a small file', 4096, [4097]],
  ['a large file', 2 * MIB + 5, [MIB, MIB, MIB]],
  ['a file of the size of a piece', MIB, [MIB]],
] as const)('the copy of %s takes no more memory than that, and at most a piece', (_, size, expected) => {
  const content = Buffer.alloc(size, 'abcdefg');
  nodeFs.writeFileSync(join(mounts.runs.directory, 'e/p/r/file.txt'), content);
  const { fs, behind } = observed();
  fs.copyFileSync(mounts.at('wandb/runs/e/p/r/file.txt'), mounts.at('local/copy'));
  expect(nodeFs.readFileSync(mounts.at('local/copy')).equals(content)).toBe(true);
  expect(behind).toEqual(expected);
});

test('a file that has grown since it was looked at is copied to its end', () => {
  const content = Buffer.alloc(3 * MIB, 'abcdefg');
  const path = mounts.at('local/growing');
  nodeFs.writeFileSync(path, content.subarray(0, 10));
  const fstatSync = (fd: number) => {
    const stats = nodeFs.fstatSync(fd);
    nodeFs.writeFileSync(path, content);
    return stats;
  };
  const base = { ...nodeFs, fstatSync } as typeof nodeFs;
  const fs = mountAll({ [mounts.at('wandb/runs')]: mounts.runs.fs }, base);
  fs.copyFileSync(path, mounts.at('wandb/runs/e/p/r/copy'));
  expect(nodeFs.readFileSync(join(mounts.runs.directory, 'e/p/r/copy')).equals(content)).toBe(true);
});
