import { treePath } from '../../src/contract/tree-path.js';
import { makeFs } from '../../src/node/faces/create.js';
import { RUNS } from '../../src/node/wandb/layouts.js';
import { codeOf, mount } from './helpers/mount.js';

const FILE = 'e/p/r/f';

test('what was learned answers without a request until the TTL has passed', () => {
  const { kernel, remote, server, clock, sync, readFile } = mount({ listingTtl: 1000 });
  server.write(FILE, 'text');
  expect(readFile(FILE)).toBe('text');
  remote.log.length = 0;
  clock.now += 999;
  expect(readFile(FILE)).toBe('text');
  expect(codeOf(() => sync((op) => kernel.stat(op, treePath('e/p/r/missing'))))).toBe('ENOENT');
  expect(remote.log).toEqual([]);
  server.write(FILE, 'newer');
  clock.now += 1;
  expect(readFile(FILE)).toBe('newer');
});

test("a file uploaded here shows another writer's later version after the TTL, and at once after a refresh", () => {
  const { kernel, server, clock, sync, writeFile, readFile } = mount({ listingTtl: 1000 });
  writeFile(FILE, 'mine');
  sync((op) => kernel.flush(op));
  server.write(FILE, 'theirs');
  expect(readFile(FILE)).toBe('mine');
  clock.now += 1000;
  expect(readFile(FILE)).toBe('theirs');
  writeFile(FILE, 'mine again');
  sync((op) => kernel.flush(op));
  server.write(FILE, 'theirs again');
  kernel.refresh(treePath('e/p/r'));
  expect(readFile(FILE)).toBe('theirs again');
});

test('a file removed here shows again after the TTL, when another writer has made it anew', () => {
  const { kernel, server, clock, sync, readFile } = mount({ listingTtl: 1000 });
  server.write(FILE, 'text');
  sync((op) => kernel.unlink(op, treePath(FILE)));
  server.write(FILE, 'anew');
  expect(codeOf(() => readFile(FILE))).toBe('ENOENT');
  clock.now += 1000;
  expect(readFile(FILE)).toBe('anew');
});

test('a refresh asks anew, hears no answer that was asked for before it, and forgets no acknowledged change', async () => {
  const { kernel, remote, server, sync, async: later, names, writeFile } = mount();
  server.isLagging = true;
  server.write('e/p/r/theirs', 'text');
  writeFile(FILE, 'mine');
  sync((op) => kernel.flush(op));
  const listed = later((op) => kernel.readdir(op, treePath('e/p')));
  remote.run('list e/p');
  server.mkunit('e/p/other');
  server.delete('e/p/r/theirs');
  expect(names('e/p/r')).toEqual(['f', 'theirs']);
  kernel.refresh(treePath(''));
  expect(names('e/p')).toEqual(['other', 'r']);
  expect(names('e/p/r')).toEqual(['f']);
  remote.settle();
  await listed;
  expect(names('e/p')).toEqual(['other', 'r']);
});

test('a missing project is remembered as missing, with everything below it', () => {
  const { kernel, remote, sync } = mount();
  for (const path of ['e/none', 'e/none/r', 'e/none/r/f', 'e/none/r2/f']) {
    expect(codeOf(() => sync((op) => kernel.stat(op, treePath(path))))).toBe('ENOENT');
  }
  expect(remote.log).toEqual(['lookup']);
  for (const path of ['x/y/z/f', 'x/y/z', 'x/y/other']) {
    expect(codeOf(() => sync((op) => kernel.stat(op, treePath(path))))).toBe('ENOENT');
  }
  expect(remote.log).toHaveLength(2);
});

test('what was missing and is made here is there', () => {
  const { kernel, server, sync, names, writeFile } = mount();
  expect(codeOf(() => names('e/p/new'))).toBe('ENOENT');
  sync((op) => kernel.mkdir(op, treePath('e/p/new'), 0o777));
  expect(names('e/p/new')).toEqual([]);
  writeFile('e/p/new/f', 'text');
  sync((op) => kernel.flush(op));
  expect(server.text('e/p/new/f')).toBe('text');
});

test('a run that somebody else makes while it is made here is there for a recursive mkdir, and EEXIST for a plain one', () => {
  const { kernel, remote, server, sync } = mount();
  const fs = makeFs({ connect: () => kernel, appUrl: () => 'https://wandb.ai', layout: RUNS });
  for (const isRecursive of [true, false]) {
    const path = isRecursive ? 'e/p/new' : 'e/p/newer';
    expect(codeOf(() => sync((op) => kernel.stat(op, treePath(path))))).toBe('ENOENT');
    remote.log.length = 0;
    server.write(`${path}/f`, 'theirs');
    const made = codeOf(() => fs.mkdirSync(`/${path}`, { recursive: isRecursive }));
    expect(made).toBe(isRecursive ? 'success' : 'EEXIST');
    expect(fs.readdirSync(`/${path}`)).toEqual(['f']);
  }
});

test('in a large run names are looked up singly, and after 8 of them all are listed', () => {
  const { kernel, remote, server, sync } = mount();
  server.pageSize = 2;
  for (let index = 0; index < 40; index++) server.write(`e/p/r/${String(index).padStart(2, '0')}`, 'text');
  for (let index = 10; index < 30; index++) {
    expect(sync((op) => kernel.stat(op, treePath(`e/p/r/${index}`))).size).toBe(4);
    expect(codeOf(() => sync((op) => kernel.stat(op, treePath(`e/p/r/x${index}`))))).toBe('ENOENT');
  }
  expect(remote.log).toEqual([...Array<string>(8).fill('lookup'), 'list']);
});
