import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mount, mount } from '../helpers/mount.js';

const FILE = 'e/p/r/f';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'wandb-fs-journal-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

const kept = (): Mount => mount({ journal: { dir, identity: 'test', fsync: false }, listingTtl: 10 });

const pathsIn = ({ kernel }: Mount): string[] => (kernel.journal()?.entries ?? []).map(({ path }) => path);

describe('a removal of what a listing takes away before the answer comes', () => {
  test.each([
    ['file', FILE, FILE],
    ['directory', 'e/p/r/d', 'e/p/r/d/f'],
  ])('of a %s takes nothing else out of the journal', async (kind, path, file) => {
    const fs = kept();
    const { kernel, remote, server, clock, async: later, names, writeFile } = fs;
    server.write(file, 'text');
    names('e/p/r');
    writeFile('e/p/r/g', 'acknowledged');
    const removed = later((op) => (kind === 'file' ? kernel.unlink(op, path) : kernel.removeTree(op, path)));
    server.delete(file);
    clock.now += 100;
    const listed = later((op) => kernel.readdir(op, 'e/p/r'));
    remote.run('lookup e/p/r');
    remote.run('answer lookup');
    remote.run('reply submit');
    remote.run('reply lookup');
    await listed;
    remote.run(`delete ${file}`);
    remote.run('reply remove');
    await removed;
    expect(pathsIn(fs)).toEqual(['e/p/r/g']);
  });
});
