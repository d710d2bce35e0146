import { constants } from 'node:fs';
import { treePath } from '../../src/contract/tree-path.js';
import { write } from '../../src/kernel/content/local/writing.js';
import * as files from '../../src/kernel/content/open-files.js';
import { Core } from '../../src/kernel/core.js';
import { stat } from '../../src/kernel/namespace/attributes.js';
import { readdir } from '../../src/kernel/namespace/directories.js';
import { SETTLE_MS } from '../../src/kernel/namespace/listing/pins.js';
import { unlink } from '../../src/kernel/namespace/removal.js';
import { type Operation, runSync } from '../../src/kernel/operation/operation.js';
import { flush } from '../../src/kernel/writeback/flush.js';
import { defaults } from '../helpers/defaults.js';
import { expectEqual } from '../helpers/equal.js';
import { ScriptedRemote } from './helpers/scripted-remote.js';
import { ScriptedServer } from './helpers/scripted-server.js';
import { sizesIn } from './helpers/sizes.js';

const NAMES = 10_000;
/** So many are there at a time. */
const AT_ONCE = 20;
const UNIT = 'e/p/r';

function mounted() {
  const clock = { now: 1_000_000 };
  const server = new ScriptedServer(() => clock.now);
  server.mkunit(UNIT);
  const remote = new ScriptedRemote(server);
  const core = new Core({
    ...defaults,
    remote,
    monotonic: () => clock.now,
    now: () => clock.now,
    random: () => 0,
  });
  const run = <T>(primitive: (on: Core, op: Operation) => T): T => runSync((op) => primitive(core, op));
  const isMissing = (path: string): boolean => {
    try {
      run((on, op) => stat(on, op, treePath(path)));
      return false;
    } catch {
      return true;
    }
  };
  return {
    server,
    run,
    isMissing,
    /** What the mount holds when all that has happened is long ago, and somebody has looked once more. */
    held: () => {
      clock.now += 10 * SETTLE_MS + defaults.listingTtl + SETTLE_MS;
      run((on, op) => readdir(on, op, treePath(UNIT)));
      isMissing('e/p/none');
      return sizesIn(core, ['remote', 'options', 'shape']);
    },
    pass: (milliseconds: number) => {
      clock.now += milliseconds;
    },
  };
}

type Mounted = ReturnType<typeof mounted>;

/** So many names, some after others. */
function each(count: number, round: (names: readonly string[]) => void): void {
  for (let start = 0; start < count; start += AT_ONCE)
    round(Array.from({ length: Math.min(AT_ONCE, count - start) }, (_, index) => `n${start + index}`));
}

const KINDS: readonly (readonly [string, (mount: Mounted, count: number) => void])[] = [
  [
    'written, sent, looked at and removed',
    ({ run, pass }, count) =>
      each(count, (names) => {
        for (const name of names) {
          const path = treePath(`${UNIT}/${name}`);
          const flags = constants.O_CREAT | constants.O_WRONLY;
          const fd = run((on, op) => files.open(on, op, path, flags, 0o666));
          run((on, op) => write(on, op, fd, Buffer.from(name), null));
          run((on, op) => files.close(on, op, fd));
        }
        run((on, op) => flush(on, op, null));
        for (const name of names) run((on, op) => stat(on, op, treePath(`${UNIT}/${name}`)));
        for (const name of names) run((on, op) => unlink(on, op, treePath(`${UNIT}/${name}`)));
        pass(100);
      }),
  ],
  [
    'looked for where nothing is',
    ({ isMissing, pass }, count) =>
      each(count, (names) => {
        for (const name of names) {
          expectEqual([isMissing(`${UNIT}/${name}`), isMissing(`e/p/${name}/f`)], [true, true]);
        }
        pass(100);
      }),
  ],
  [
    'listed, and gone with the next listing',
    ({ server, run, pass }, count) =>
      each(count, (names) => {
        for (const name of names) server.write(`${UNIT}/${name}/f`, name);
        pass(defaults.listingTtl + 1);
        expect(run((on, op) => readdir(on, op, treePath(UNIT)))).toHaveLength(names.length);
        for (const name of names) server.delete(`${UNIT}/${name}/f`);
      }),
  ],
];

test.each(KINDS)('ten thousand names that were %s leave nothing behind', (_, work) => {
  const mount = mounted();
  // Parts are made once.
  work(mount, AT_ONCE);
  const before = mount.held();
  work(mount, NAMES);
  const after = mount.held();
  // Numbers of the dead are looked for when there are many; see `InodeNumbers`.
  const numbers = '.made.numbers.given';
  expect(after[numbers] ?? 0).toBeLessThanOrEqual(4096);
  const left = Object.entries({ ...after, [numbers]: 0 }).filter(
    ([table, size]) => size > (before[table] ?? 0),
  );
  expect(left).toEqual([]);
});
