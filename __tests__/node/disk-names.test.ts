import nodeFs from 'node:fs';
import { join } from 'node:path';
import { makeFs } from '../../src/node/faces/create.js';
import { DiskNames, unfitness } from '../../src/node/mounts/disk-names.js';
import { mountAll } from '../../src/node/mounts/mount-all.js';
import { RUNS } from '../../src/node/wandb/layouts.js';
import { makeDirectory } from '../helpers/directories.js';
import { diskKernel } from './support/disk-kernel.js';

const WINDOWS_ALONE = [
  [
    'C:\\x',
    'C:x',
    '..\\x',
    '\\\\server\\share',
    'a\\b',
    'a:stream',
    'a*',
    'a?',
    'a"',
    'a<b>',
    'a|b',
    'a\u0001',
    'a\nb',
  ],
  ['trailing.', 'trailing ', '...', 'a. .'],
  ['CON', 'nul', 'nul.txt', 'Aux.tar.gz', 'COM1', 'lpt9.log', 'com²', 'PRN .x', 'CONIN$'],
].flat();

test.each(WINDOWS_ALONE)('%j is written to no Windows disk, and to others as it is', (name) => {
  expect(unfitness(name, 'win32')).not.toBeNull();
  for (const platform of ['linux', 'darwin'] as const) expect(unfitness(name, platform)).toBeNull();
});

test.each(['', '.', '..', '../x', 'a/b', 'a\0b'])('%j is written to no disk', (name) => {
  for (const platform of ['linux', 'darwin', 'win32'] as const)
    expect(unfitness(name, platform)).not.toBeNull();
});

test.each(['a.txt', '.hidden', 'console', 'nullable', 'com10', 'a b', 'ü', 'conifer.txt', 'a..b'])(
  '%j is written to any disk',
  (name) => {
    expect(unfitness(name, 'win32')).toBeNull();
  },
);

test.each([
  ['a.txt', 'A.TXT'],
  ['é', 'e\u0301'],
  ['straße', 'STRASSE'],
  ['Σ', 'ς'],
])('%j and %j replace each other on no disk that takes them for one', (first, second) => {
  for (const platform of ['darwin', 'win32'] as const) {
    const names = new DiskNames(platform);
    expect(names.refusalOf(first)).toBeNull();
    expect(names.refusalOf(second)).toContain(`'${first}'`);
    expect(names.refusalOf(first)).toBeNull();
  }
  const linux = new DiskNames('linux');
  expect([first, second].map((name) => linux.refusalOf(name))).toEqual([null, null]);
});

test('cp of a tree to the disk copies any name of a Linux disk as it is, and nothing outside', async () => {
  const directory = await makeDirectory();
  const [tree, disk] = [join(directory, 'tree'), join(directory, 'disk')];
  const names = ['back\\slash', '..\\up', 'C:\\x', 'nul.txt', 'a', 'A', 'dot.'];
  nodeFs.mkdirSync(join(tree, 'dir'), { recursive: true });
  for (const name of names) nodeFs.writeFileSync(join(tree, 'dir', name), name);
  const mounted = join(directory, 'mounted');
  const ours = makeFs({ layout: RUNS, connect: () => diskKernel(tree), appUrl: () => 'https://wandb.ai' });
  const fs = mountAll({ [mounted]: ours }, nodeFs);
  await fs.promises.cp(join(mounted, 'dir'), disk, { recursive: true });
  expect(nodeFs.readdirSync(disk).sort()).toEqual([...names].sort());
  for (const name of names) expect(nodeFs.readFileSync(join(disk, name), 'utf8')).toBe(name);
});
