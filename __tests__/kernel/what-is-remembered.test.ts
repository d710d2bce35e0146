import { constants } from 'node:fs';
import { treePath } from '../../src/contract/tree-path.js';
import * as calls from '../../src/kernel/content/open-files.js';
import { read } from '../../src/kernel/content/reading/read.js';
import { Core } from '../../src/kernel/core.js';
import { setMode } from '../../src/kernel/namespace/attributes.js';
import { Inode } from '../../src/kernel/namespace/inode.js';
import { InodeNumbers } from '../../src/kernel/namespace/inode-numbers.js';
import { SETTLE_MS } from '../../src/kernel/namespace/listing/pins.js';
import { resolve } from '../../src/kernel/namespace/resolve.js';
import type { Load } from '../../src/kernel/operation/load.js';
import { runSync } from '../../src/kernel/operation/operation.js';
import type { Moment } from '../../src/kernel/timeline.js';
import { defaults } from '../helpers/defaults.js';
import { mount, turn } from './helpers/mount.js';
import { ScriptedRemote } from './helpers/scripted-remote.js';
import { ScriptedServer } from './helpers/scripted-server.js';

function core(): { readonly core: Core; readonly clock: { now: number }; readonly remote: ScriptedRemote } {
  const clock = { now: 0 };
  const remote = new ScriptedRemote(new ScriptedServer(() => clock.now));
  return {
    core: new Core({ ...defaults, remote, monotonic: () => clock.now, random: () => 0 }),
    clock,
    remote,
  };
}

describe('acknowledged changes', () => {
  const change = (on: Core, index: number): void => on.names.pin(treePath(`run${index}`), 'v', ['']);

  test('are kept until listings have had the time to settle, and not until a complete one comes', () => {
    const { core: on, clock } = core();
    const scope = on.names.scopeAt(on.root);
    for (let index = 0; index < 10_000; index++) {
      change(on, index);
      clock.now += 60;
    }
    // As many as are changed in that time.
    expect(scope.pins.size).toBe(SETTLE_MS / 60);
    clock.now += SETTLE_MS;
    change(on, 0);
    expect(scope.pins.size).toBe(1);
  });

  test('one name that changes for ever is kept once', () => {
    const { core: on, clock } = core();
    for (let index = 0; index < 1000; index++) {
      on.names.pin(treePath('run'), `v${index}`, [`v${index - 1}`]);
      clock.now += 1;
    }
    expect(on.names.scopeAt(on.root).pins.size).toBe(1);
  });

  test('win over a listing that was asked for before, even if it takes longer than that', async () => {
    const { kernel, remote, server, clock, sync, async: later, names } = mount();
    for (const name of ['a', 'b', 'c']) server.write(`e/p/r/${name}`, 'text');
    server.pageSize = 1;
    const listed = later((op) => kernel.readdir(op, treePath('e/p/r')));
    for (const step of ['lookup e/p/r', 'answer lookup', 'reply lookup']) remote.run(step);
    await turn();
    remote.run('list e/p/r');
    // What is asked for from here on overtakes the answer to that.
    remote.choose = (count) => count - 1;
    sync((op) => kernel.unlink(op, treePath('e/p/r/a')));
    clock.now += 2 * SETTLE_MS;
    sync((op) => kernel.unlink(op, treePath('e/p/r/c')));
    let isListed = false;
    const found = listed.finally(() => {
      isListed = true;
    });
    // What came behind a page from before the changes counts for nothing, and is asked for once more.
    while (!isListed) {
      remote.settle();
      await turn();
    }
    expect((await found).map(({ name }) => name)).toEqual(['b']);
    expect(names('e/p/r')).toEqual(['b']);
  });
});

test('an acknowledged change outlives one listing that agrees, while an older one is on its way', () => {
  const { core: on } = core();
  const scope = on.names.scopeAt(on.root);
  const server = new ScriptedServer(() => 0);
  server.mkunit('run');
  const ask = (): Moment => {
    let sent = on.timeline.tick();
    on.timeline.ask((moment) => {
      sent = moment;
      return {} as Load;
    });
    return sent;
  };
  const entry = { ...server.entryFor('run', Buffer.from('')), version: 'made' };
  on.names.mergeAbove([entry], on.timeline.tick());
  on.names.pin(treePath('run'), 'made', ['']);
  // The one that was asked for first was made last, and comes first.
  const [newer, older] = [ask(), ask()];
  scope.mergeListing([entry], true, on.timeline.arrive(newer));
  scope.mergeListing([], true, on.timeline.arrive(older));
  expect([...(on.root.children?.keys() ?? [])]).toEqual(['run']);
  // Then nothing is on its way, and what listings say counts.
  scope.mergeListing([entry], true, on.timeline.arrive(ask()));
  scope.mergeListing([], true, on.timeline.arrive(ask()));
  expect(on.root.children?.size).toBe(0);
});

describe('local state', () => {
  const { O_CREAT, O_RDONLY, O_WRONLY } = constants;

  function files() {
    const { core: on, remote } = core();
    const run = <T>(primitive: Parameters<typeof runSync<T>>[0]): T => runSync(primitive);
    return {
      remote,
      on,
      run,
      open: (path: string, flags: number) => run((op) => calls.open(on, op, treePath(path), flags, 0o666)),
      at: (path: string) => run((op) => resolve(on, op, treePath(path))),
      withLocal: () => [...on.root.walk()].filter(({ local }) => local !== null).length,
    };
  }

  test('of files that were opened to be read is gone with their last fd, though pages of them are cached', () => {
    const { remote, on, run, open, withLocal } = files();
    for (let index = 0; index < 100; index++) remote.server.write(`e/p/r/f${index}`, 'text');
    for (let index = 0; index < 100; index++) {
      const [fd, other] = [open(`e/p/r/f${index}`, O_RDONLY), open(`e/p/r/f${index}`, O_RDONLY)];
      const buffer = Buffer.alloc(4);
      expect(run((op) => read(on, op, fd, buffer, null))).toBe(4);
      run((op) => calls.close(on, op, fd));
      expect(withLocal()).toBe(1);
      run((op) => calls.close(on, op, other));
    }
    expect(withLocal()).toBe(0);
  });

  test('that says something stays: what was written, and what the caller set', () => {
    const { remote, on, run, open, at } = files();
    remote.server.write('e/p/r/set', 'text');
    const fd = open('e/p/r/set', O_RDONLY);
    setMode(on, at('e/p/r/set'), 0o600);
    run((op) => calls.close(on, op, fd));
    expect(at('e/p/r/set').local?.attributes?.mode).toBe(0o600);
    const made = open('e/p/r/made', O_WRONLY | O_CREAT);
    run((op) => calls.close(on, op, made));
    expect(at('e/p/r/made').isDirty).toBe(true);
  });

  test("isn't needed to tell one version from another: the storage's tag outlives the fds", () => {
    const { kernel, remote, server, sync } = mount({ blockBytes: 4, cacheBytes: 64 });
    server.write('e/p/r/f', 'aaaaaaaaaaaaaaaa');
    const readAt = (position: number): string => {
      const fd = sync((op) => kernel.open(op, treePath('e/p/r/f'), O_RDONLY, 0));
      const buffer = Buffer.alloc(4);
      try {
        sync((op) => kernel.read(op, fd, buffer, position));
        return buffer.toString();
      } finally {
        sync((op) => kernel.close(op, fd));
      }
    };
    expect(readAt(0)).toBe('aaaa');
    const calls = jest.spyOn(remote, 'call');
    expect(readAt(12)).toBe('aaaa');
    expect(calls.mock.calls).toEqual([
      ['read', expect.objectContaining({ start: 12, etag: expect.any(String) }), expect.any(Function)],
    ]);
  });
});

describe('inode numbers', () => {
  /** A directory in which names come and go. */
  function numbered(sweepFrom: number): { readonly numbers: InodeNumbers; make(name: string): Inode } {
    const root = new Inode('directory', null);
    return {
      numbers: new InodeNumbers(() => root.walk(), sweepFrom),
      make: (name) => {
        const inode = new Inode('file', null);
        inode.attach(root, name);
        return inode;
      },
    };
  }

  test('are the same in two processes, and follow a rename', () => {
    const [one, other] = [numbered(8), numbered(8)];
    const inode = one.make('a');
    const number = one.numbers.of(inode);
    expect(other.numbers.of(other.make('a'))).toBe(number);
    inode.name = 'b';
    expect(one.numbers.of(inode)).toBe(number);
  });

  test('are remembered singly only of what is alive, and none is ever given again', () => {
    const { numbers, make } = numbered(100);
    const kept = Array.from({ length: 50 }, (_, index) => make(`kept${index}`));
    const given = new Set(kept.map((inode) => numbers.of(inode)));
    let most = 0;
    for (let index = 0; index < 20_000; index++) {
      // Half of the names come back again and again.
      const inode = make(index % 2 === 0 ? `again${index % 64}` : `once${index}`);
      given.add(numbers.of(inode));
      inode.detach();
      most = Math.max(most, numbers.remembered);
    }
    expect(most).toBeLessThanOrEqual(2 * (50 + 1));
    expect(given.size).toBe(50 + 20_000);
    expect(new Set(kept.map((inode) => numbers.of(inode))).size).toBe(50);
  });

  test('are never 0, and whole numbers that a double can hold', () => {
    const { numbers, make } = numbered(4);
    for (let index = 0; index < 1000; index++) {
      const inode = make(`f${index % 10}`);
      const number = numbers.of(inode);
      expect(Number.isSafeInteger(number) && number > 0).toBe(true);
      inode.detach();
    }
  });

  test('an open file that has no name any more keeps its own', () => {
    const { kernel, sync, writeFile } = mount();
    writeFile('e/p/r/f', 'text');
    const fd = sync((op) => kernel.open(op, treePath('e/p/r/f'), 0, 0));
    const { ino } = sync((op) => kernel.fstat(op, fd));
    sync((op) => kernel.unlink(op, treePath('e/p/r/f')));
    writeFile('e/p/r/f', 'other');
    expect(sync((op) => kernel.fstat(op, fd)).ino).toBe(ino);
    expect(sync((op) => kernel.stat(op, treePath('e/p/r/f'))).ino).not.toBe(ino);
  });
});
