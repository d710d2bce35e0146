import { constants, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { treePath } from '../../src/contract/tree-path.js';
import { close, fsize, open } from '../../src/kernel/content/open-files.js';
import { read } from '../../src/kernel/content/reading/read.js';
import { Core } from '../../src/kernel/core.js';
import { runSync } from '../../src/kernel/operation/operation.js';
import { disk } from '../../src/platform/disk.js';
import { defaults } from '../helpers/defaults.js';
import { mount } from './helpers/mount.js';
import { ScriptedRemote } from './helpers/scripted-remote.js';
import { ScriptedServer } from './helpers/scripted-server.js';

test('who only reads makes nothing that changes need', () => {
  const server = new ScriptedServer(() => 0);
  server.write('e/p/r/f', 'text');
  const core = new Core({ ...defaults, remote: new ScriptedRemote(server) });
  const fd = runSync((op) => open(core, op, treePath('e/p/r/f'), constants.O_RDONLY, 0));
  const target = Buffer.alloc(fsize(core, fd));
  runSync((op) => read(core, op, fd, target, null));
  runSync((op) => close(core, op, fd));
  expect(target.toString()).toBe('text');
  expect(core.made).toEqual({});
});

test('a mount that only read can be closed', () => {
  const { kernel, sync, server, readFile } = mount();
  server.write('e/p/r/f', 'text');
  expect(readFile('e/p/r/f')).toBe('text');
  expect(kernel.counters()).toMatchObject({ dirty: 0, overlayBytes: 0, spooledBytes: 0 });
  sync((op) => kernel.shutdown(op));
});

test('the first change, however small, sweeps what dead processes left on the disk', () => {
  const directory = mkdtempSync(join(os.tmpdir(), 'wandb-fs-swept-'));
  const elsewhere = jest.spyOn(os, 'tmpdir').mockReturnValue(directory);
  const looks = jest.spyOn(disk, 'opendirSync');
  try {
    // Larger than any pid.
    const dead = join(directory, 'wandb-fs-spool-4194305-abcdef');
    mkdirSync(dead);
    const { kernel, sync, readFile, server, writeFile } = mount();
    server.write('e/p/r/f', 'text');
    readFile('e/p/r/f');
    expect(existsSync(dead)).toBe(true);
    expect(looks).not.toHaveBeenCalled();
    writeFile('e/p/r/small', 'x');
    expect(existsSync(dead)).toBe(false);
    sync((op) => kernel.shutdown(op));
  } finally {
    elsewhere.mockRestore();
    looks.mockRestore();
    rmSync(directory, { recursive: true, force: true });
  }
});
