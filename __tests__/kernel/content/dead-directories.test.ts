import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownedPrefix, sweepDeadDirectories } from '../../../src/kernel/content/spool/dead-directories.js';
import { ownIdentity, textOf } from '../../../src/kernel/content/spool/process-identity.js';
import { disk } from '../../../src/platform/disk.js';

const PREFIX = 'wandb-fs-spool-';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'wandb-fs-test-'));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const make = (name: string): string => {
  mkdirSync(join(parent, name));
  writeFileSync(join(parent, name, '1'), 'content');
  return name;
};
const deadPid = (): number => spawnSync(process.execPath, ['--version']).pid;
const named = (identity: object, ending = 'aBc123'): string =>
  `${PREFIX}${textOf({ ...ownIdentity(), ...identity })}-${ending}`;

test('directories of dead processes go with what is in them', () => {
  make(named({ start: '1' }));
  make(named({ pid: deadPid() }));
  make(named({ world: '00000000' }));
  expect(sweepDeadDirectories(parent, PREFIX)).toBe(3);
  expect(readdirSync(parent)).toEqual([]);
});

test('those of version 0.1.0 tell a pid alone', () => {
  const alive = make(`${PREFIX}${process.pid}-aBc123`);
  make(`${PREFIX}${deadPid()}-aBc123`);
  expect(sweepDeadDirectories(parent, PREFIX)).toBe(1);
  expect(readdirSync(parent)).toEqual([alive]);
});

test('what isn’t surely a dead process’s stays', () => {
  const own = mkdtempSync(join(parent, ownedPrefix(PREFIX)));
  const kept = [
    make(named({ host: '00000000', start: '1' })),
    make(`another-${named({ start: '1' })}`),
    make(`${PREFIX}notes`),
    make(`${PREFIX}1-of-2`),
  ];
  expect(sweepDeadDirectories(parent, PREFIX)).toBe(0);
  expect(readdirSync(parent).sort()).toEqual([own.slice(parent.length + 1), ...kept].sort());
});

test('a link or a file of such a name leads nowhere', () => {
  const target = make('target');
  symlinkSync(join(parent, target), join(parent, named({ start: '1' }, 'linked')));
  writeFileSync(join(parent, named({ start: '1' }, 'a-file')), '');
  expect(sweepDeadDirectories(parent, PREFIX)).toBe(0);
  expect(existsSync(join(parent, target, '1'))).toBe(true);
});

test('one start removes so many, the next ones the others', () => {
  for (let n = 0; n < 5; n++) make(named({ start: '1' }, `aBc12${n}`));
  expect(sweepDeadDirectories(parent, PREFIX, { limit: 2 })).toBe(2);
  expect(sweepDeadDirectories(parent, PREFIX, { looks: 1 })).toBe(1);
  expect(sweepDeadDirectories(parent, PREFIX)).toBe(2);
});

test('where there is nothing, nothing is swept', () => {
  expect(sweepDeadDirectories(join(parent, 'nowhere'), PREFIX)).toBe(0);
});

test.each(['ENOTDIR', 'EMFILE', 'EIO'])('a sweep that the system refuses with %s harms nobody', (code) => {
  const refusal = Object.assign(new Error(code), { code, syscall: 'opendir' });
  const open = jest.spyOn(disk, 'opendirSync').mockImplementation(() => {
    throw refusal;
  });
  try {
    expect(sweepDeadDirectories('/elsewhere', PREFIX)).toBe(0);
  } finally {
    open.mockRestore();
  }
});

test('a directory stays of whose process nobody can tell in that moment, and harms no other', () => {
  const untold = make(named({ start: '1' }));
  const refusal = Object.assign(new Error('EMFILE'), { code: 'EMFILE', syscall: 'open' });
  // Where processes are told by files, and by a program.
  const refuse = (): never => {
    throw refusal;
  };
  const asked = [
    jest.spyOn(disk, 'readFileSync').mockImplementation(refuse),
    jest.spyOn(process, 'getBuiltinModule').mockImplementation(refuse),
  ];
  try {
    expect(sweepDeadDirectories(parent, PREFIX)).toBe(0);
  } finally {
    for (const spy of asked) spy.mockRestore();
  }
  expect(readdirSync(parent)).toEqual([untold]);
});
