import nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeFs, type WandbFs } from '../../src/node/faces/create.js';
import { mountAll } from '../../src/node/mounts/mount-all.js';
import { RUNS } from '../../src/node/wandb/layouts.js';
import { diskKernel } from './support/disk-kernel.js';

const CONTENT = Buffer.alloc((1 << 20) + 5, 'abcdefg');
const MOST = 300_000;

let directory: string;
let local: string;
let fs: WandbFs;
beforeEach(() => {
  directory = nodeFs.mkdtempSync(join(tmpdir(), 'wandb-fs-short-'));
  local = join(directory, 'local');
  nodeFs.writeFileSync(local, CONTENT);
  nodeFs.mkdirSync(join(directory, 'tree'));
  nodeFs.writeFileSync(join(directory, 'tree/from'), CONTENT);
  const kernel = diskKernel(join(directory, 'tree'));
  const write: typeof kernel.write = (op, fd, bytes, position) =>
    kernel.write(op, fd, bytes.subarray(0, MOST), position);
  fs = makeFs({ layout: RUNS, connect: () => ({ ...kernel, write }), appUrl: () => 'https://wandb.ai' });
});
afterEach(() => nodeFs.rmSync(directory, { recursive: true }));

/** As on a disk that is full for a moment. */
test.each<readonly [string, () => unknown]>([
  ['writeFileSync', () => fs.writeFileSync('/to', CONTENT)],
  ['promises.writeFile', () => fs.promises.writeFile('/to', CONTENT)],
  ['promises.appendFile', () => fs.promises.appendFile('/to', CONTENT)],
  ['a stream', () => pipeline([CONTENT], fs.createWriteStream('/to'))],
  ['copyFileSync', () => fs.copyFileSync('/from', '/to')],
  ['promises.copyFile', () => fs.promises.copyFile('/from', '/to')],
  ['promises.cp', () => fs.promises.cp('/from', '/to')],
  ['copyFileSync across', () => mountAll({ '/w': fs }, nodeFs).copyFileSync(local, '/w/to')],
  ['promises.cp across', () => mountAll({ '/w': fs }, nodeFs).promises.cp(local, '/w/to')],
  ['wandb.put', () => fs.wandb.put(local, '/to')],
])('%s writes all where a write takes a part only', async (_name, write) => {
  await write();
  expect(nodeFs.readFileSync(join(directory, 'tree/to')).equals(CONTENT)).toBe(true);
});
