import { constants } from 'node:fs';
import fc from 'fast-check';
import { treePath } from '../../src/contract/tree-path.js';
import { Core } from '../../src/kernel/core.js';
import { readdir } from '../../src/kernel/namespace/directories.js';
import { runSync } from '../../src/kernel/operation/operation.js';
import { makeFs } from '../../src/node/faces/create.js';
import { RUNS } from '../../src/node/wandb/layouts.js';
import { defaults } from '../helpers/defaults.js';
import { mount } from './helpers/mount.js';
import { ScriptedRemote } from './helpers/scripted-remote.js';
import { ScriptedServer } from './helpers/scripted-server.js';

const MOST = 100;
const PER_RUN = 25;

/** `count` runs of 20 files in 5 directories: 25 names each. */
function runs(count: number, options: Parameters<typeof mount>[0] = {}) {
  const mounted = mount({ mostNames: MOST, ...options });
  for (let run = 0; run < count; run++)
    for (let index = 0; index < 20; index++)
      mounted.server.write(`e/p/run${run}/d${index % 5}/f${index}`, `text ${index}`);
  const { kernel } = mounted;
  const fs = makeFs({ connect: () => kernel, appUrl: () => 'https://wandb.ai', layout: RUNS });
  const list = (run: number): number => fs.readdirSync(`/e/p/run${run}`, { recursive: true }).length;
  return { ...mounted, fs, list, requests: () => mounted.remote.log.splice(0).length };
}

test('a run that was not used while others were listed is forgotten, and listed again when it is asked for', () => {
  const { list, requests } = runs(12);
  for (let run = 0; run < 12; run++) expect(list(run)).toBe(PER_RUN);
  requests();
  expect(list(11)).toBe(PER_RUN);
  expect(requests()).toBe(0);
  expect(list(0)).toBe(PER_RUN);
  expect(requests()).toBe(1);
});

test('a run that is used again and again stays', () => {
  const { list, requests } = runs(40);
  list(0);
  for (let run = 1; run < 40; run++) {
    list(run);
    requests();
    expect(list(0)).toBe(PER_RUN);
    expect(requests()).toBe(0);
  }
});

test('below the bound nothing is forgotten', () => {
  const { list, requests } = runs(4);
  for (let run = 0; run < 4; run++) list(run);
  requests();
  for (let run = 0; run < 4; run++) list(run);
  expect(requests()).toBe(0);
});

test('a recursive readdir of more than the bound lists each run once, in the order of Node', () => {
  const { fs, requests, remote } = runs(30);
  const names = fs.readdirSync('/e/p', { recursive: true });
  const depths = names.map((name) => String(name).split('/').length);
  expect(depths).toEqual([...depths].sort());
  for (const depth of [1, 2, 3]) {
    const level = names.filter((name) => String(name).split('/').length === depth);
    expect(level).toEqual([...level].sort());
  }
  expect(names).toHaveLength(30 * (1 + PER_RUN) + 1);
  // One for the project, one for each run.
  expect(remote.log.length).toBeLessThanOrEqual(30 + 3);
  requests();
});

test('what is seen again has the inode number that it had, and its content', () => {
  const { fs, list, requests } = runs(12);
  const path = '/e/p/run0/d1/f1';
  list(0);
  const { ino } = fs.statSync(path);
  expect(fs.readFileSync(path, 'utf8')).toBe('text 1');
  for (let run = 1; run < 12; run++) list(run);
  requests();
  expect(fs.statSync(path).ino).toBe(ino);
  expect(requests()).toBe(1);
  // Its pages went with the tag that they were read under.
  expect(fs.readFileSync(path, 'utf8')).toBe('text 1');
  expect(requests()).toBe(1);
});

test('the names that are remembered are bounded, however many are seen', () => {
  const server = new ScriptedServer(() => 0);
  const core = new Core({ ...defaults, remote: new ScriptedRemote(server), mostNames: MOST });
  let most = 0;
  for (let run = 0; run < 200; run++) {
    for (let index = 0; index < PER_RUN; index++) server.write(`e/p/run${run}/f${index}`, 'text');
    expect(runSync((op) => readdir(core, op, treePath(`e/p/run${run}`)))).toHaveLength(PER_RUN);
    most = Math.max(most, [...core.root.walk()].filter(({ isDirectory }) => !isDirectory).length);
  }
  expect(most).toBeLessThanOrEqual(2 * MOST);
});

test('what only this instance knows is never forgotten', () => {
  const { fs, list, clock } = runs(12, { listingTtl: 1e9 });
  fs.writeFileSync('/e/p/run0/dirty', 'not sent');
  fs.mkdirSync('/e/p/run0/empty/deep', { recursive: true });
  fs.chmodSync('/e/p/run1/d1/f1', 0o600);
  fs.utimesSync('/e/p/run1/d2/f2', 1, 2);
  const fd = fs.openSync('/e/p/run2/d1/f1', constants.O_RDONLY);
  fs.unlinkSync('/e/p/run3/d1/f1');
  clock.now += 100_000;
  for (let round = 0; round < 3; round++) for (let run = 4; run < 12; run++) list(run);
  expect(fs.readFileSync('/e/p/run0/dirty', 'utf8')).toBe('not sent');
  expect(fs.readdirSync('/e/p/run0')).toEqual(['d0', 'd1', 'd2', 'd3', 'd4', 'dirty', 'empty']);
  expect(fs.readdirSync('/e/p/run0/empty')).toEqual(['deep']);
  expect(fs.statSync('/e/p/run1/d1/f1').mode & 0o777).toBe(0o600);
  expect(fs.statSync('/e/p/run1/d2/f2').mtimeMs).toBe(2000);
  expect(fs.readdirSync('/e/p/run1', { recursive: true })).toHaveLength(PER_RUN);
  expect(fs.readFileSync(fd, 'utf8')).toBe('text 1');
  fs.closeSync(fd);
  expect(fs.existsSync('/e/p/run3/d1/f1')).toBe(false);
});

test('an upload that listings lag behind is not forgotten before they have settled', () => {
  const { fs, kernel, sync, server, list } = runs(12, { listingTtl: 0 });
  server.isLagging = true;
  fs.writeFileSync('/e/p/run0/mine', 'text');
  sync((op) => kernel.flush(op));
  for (let round = 0; round < 3; round++) for (let run = 1; run < 12; run++) list(run);
  expect(fs.readdirSync('/e/p/run0')).toContain('mine');
});

const step = fc.record({
  type: fc.constantFrom('write', 'unlink', 'read', 'list', 'stat', 'flush', 'walk'),
  run: fc.nat(3),
  file: fc.constantFrom('a', 'b', 'd/a'),
});

test('random programs see the same whether names are forgotten or not', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(0, 100_000), (steps, listingTtl) => {
      const outcomes = [3, 1_000_000].map((mostNames) => {
        const { fs, clock } = runs(4, { mostNames, listingTtl });
        let serial = 0;
        return steps.map(({ type, run, file }) => {
          clock.now += 30_000;
          const path = `/e/p/run${run}/${file}`;
          try {
            if (type === 'write') {
              fs.mkdirSync(`/e/p/run${run}/d`, { recursive: true });
              fs.writeFileSync(path, `content ${serial++}`);
            } else if (type === 'unlink') fs.unlinkSync(path);
            else if (type === 'read') return fs.readFileSync(path, 'utf8');
            else if (type === 'list') return fs.readdirSync(`/e/p/run${run}`, { recursive: true });
            else if (type === 'stat') return fs.statSync(path).size;
            else if (type === 'flush') fs.wandb.flushSync();
            else return fs.readdirSync('/e/p', { recursive: true });
            return 'done';
          } catch (error) {
            return (error as NodeJS.ErrnoException).code;
          }
        });
      });
      expect(outcomes[0]).toEqual(outcomes[1]);
    }),
    { numRuns: 150 },
  );
});
