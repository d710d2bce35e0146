import { treePath } from '../../src/contract/tree-path.js';
import { createKernel } from '../../src/kernel/kernel.js';
import { runSync } from '../../src/kernel/operation/operation.js';
import { defaults } from '../helpers/defaults.js';
import { codeOf, mount } from './helpers/mount.js';
import { ScriptedRemote } from './helpers/scripted-remote.js';
import { ScriptedServer } from './helpers/scripted-server.js';

const HOUR = 3_600_000;
const FILE = 'e/p/r/f';

describe.each([
  ['back', -HOUR],
  ['forth', HOUR],
])('when the wall clock is set an hour %s', (_direction, step) => {
  test('a listing is believed for its TTL, no longer and no shorter', () => {
    const { remote, server, clock, readFile } = mount({ listingTtl: 1000 });
    server.write(FILE, 'text');
    expect(readFile(FILE)).toBe('text');
    remote.log.length = 0;
    clock.wall += step;
    clock.now += 999;
    expect(readFile(FILE)).toBe('text');
    expect(remote.log).toEqual([]);
    server.write(FILE, 'newer');
    clock.now += 1;
    expect(readFile(FILE)).toBe('newer');
  });

  test('what is known to be missing is believed as long', () => {
    const { kernel, remote, server, clock, sync } = mount({ listingTtl: 1000 });
    const look = (): string => codeOf(() => sync((op) => kernel.stat(op, treePath('e/new/r/f'))));
    expect(look()).toBe('ENOENT');
    clock.wall += step;
    clock.now += 999;
    remote.log.length = 0;
    expect(look()).toBe('ENOENT');
    expect(remote.log).toEqual([]);
    server.write('e/new/r/f', 'text');
    clock.now += 1;
    expect(look()).toBe('success');
  });

  test('a listing is taken to lag behind a removal for a minute, no longer and no shorter', () => {
    const { kernel, server, clock, sync } = mount({ listingTtl: 0 });
    server.write(FILE, 'text');
    sync((op) => kernel.unlink(op, treePath(FILE)));
    // A listing that lags still shows it.
    server.write(FILE, 'text');
    const look = (): string => codeOf(() => sync((op) => kernel.stat(op, treePath(FILE))));
    clock.wall += step;
    clock.now += 59_999;
    expect(look()).toBe('ENOENT');
    clock.now += 1;
    expect(look()).toBe('success');
  });

  test('the dates of what is made here are those of the wall clock', () => {
    const { kernel, clock, sync, writeFile } = mount();
    clock.wall += step;
    writeFile(FILE, 'text');
    sync((op) => kernel.mkdir(op, treePath('e/p/r/d'), 0o777));
    const now = clock.now + clock.wall;
    for (const path of [FILE, 'e/p/r/d']) {
      const { mtimeMs, ctimeMs, birthtimeMs } = sync((op) => kernel.stat(op, treePath(path)));
      expect([mtimeMs, ctimeMs, birthtimeMs]).toEqual([now, now, now]);
    }
  });
});

test.each([
  ['before', true],
  ['after', false],
])(
  "a test runner's fake timers, set %s the package was loaded, don't keep a listing from growing old",
  (_when, isBefore) => {
    const realTime = performance.now.bind(performance);
    jest.useFakeTimers();
    try {
      let modules: Modules = { createKernel, runSync };
      if (isBefore) {
        jest.isolateModules(() => {
          modules = {
            ...require('../../src/kernel/kernel.js'),
            ...require('../../src/kernel/operation/operation.js'),
          };
        });
      }
      agesFor(modules, realTime);
    } finally {
      jest.useRealTimers();
    }
  },
);

interface Modules {
  readonly createKernel: typeof createKernel;
  readonly runSync: typeof runSync;
}

function agesFor({ createKernel, runSync }: Modules, realTime: () => number): void {
  const server = new ScriptedServer(() => 0);
  const kernel = createKernel({ ...defaults, remote: new ScriptedRemote(server), listingTtl: 5 });
  const names = (): string[] =>
    runSync((op) => kernel.readdir(op, treePath('e/p/r'))).map(({ name }) => name);
  server.write('e/p/r/a', 'text');
  expect(names()).toEqual(['a']);
  server.write('e/p/r/b', 'text');
  for (const deadline = realTime() + 5000; names().length < 2; )
    if (realTime() > deadline) throw new Error('the listing never grew old');
  jest.setSystemTime(0);
  expect(names()).toEqual(['a', 'b']);
}
