import { parseArgs } from 'node:util';
import { type FakeWandb, type FaultProxy, startFakeWandb, startFaultProxy } from 'wandb-fs/testing';
import { type Job, runCrew, type Tally } from './crew.js';
import { type KillTotals, runKill } from './kills.js';
import { ProcessWatch } from './process-watch.js';
import { runPrograms, shrunk } from './programs.js';
import { holdings, moreFds, moreListeners, released, soak } from './soak.js';
import type { World } from './world.js';

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '1000000' },
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    faults: { type: 'string' },
    'at-once': { type: 'string', default: '120' },
    length: { type: 'string', default: '12' },
    deadline: { type: 'string', default: '60000' },
    only: { type: 'string' },
    without: { type: 'string', multiple: true, default: [] },
    shrink: { type: 'string', default: '5' },
    kills: { type: 'string', default: '0' },
    journal: { type: 'boolean', default: false },
    soak: { type: 'string', default: '0' },
  },
});

/** A request costs the server's log a kilobyte. */
const CLEAR_LOG_EVERY = 300;
const MOST_TOLD = 40;
/** Processes that are started and killed at once. */
const KILLS_AT_ONCE = 4;

const tell = (line: string): boolean => process.stdout.write(`${line}\n`);
const watch = new ProcessWatch();
const seed = Number(values.seed);

async function main(): Promise<void> {
  const before = holdings();
  const wandb = await startFakeWandb();
  await wandb.seed({ 'lab/project/first': {} });
  const proxy = await startFaultProxy(wandb);
  const world = worldOf(wandb, proxy);
  const begin = performance.now();
  const results =
    Number(values.soak) > 0
      ? await soakFor(world)
      : Number(values.kills) > 0
        ? await kill(world)
        : await programs(world);
  const seconds = (performance.now() - begin) / 1000;
  await proxy.close();
  await wandb.close();
  const after = await released(before);
  for (const text of [...watch.rejections, ...watch.deaths].slice(0, MOST_TOLD)) tell(`\n${text}`);
  const report = {
    ...results,
    seconds: Math.round(seconds * 10) / 10,
    rejections: watch.rejections.length,
    deaths: watch.deaths.length,
    warnings: [...new Set(watch.warnings)].slice(0, 5),
    fds: moreFds(before, after),
    listeners: moreListeners(before, after),
    rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
    ...world.traffic,
  };
  tell(JSON.stringify(report));
  process.exitCode = report.failed + report.rejections + report.deaths > 0 ? 1 : 0;
}

function worldOf(wandb: FakeWandb, proxy: FaultProxy): World {
  let serial = 0;
  return {
    wandb,
    proxy,
    deadline: Number(values.deadline),
    without: values.without,
    nextSerial: () => ++serial,
    traffic: { requests: 0, hits: 0 },
  };
}

async function programs(
  world: World,
): Promise<{ readonly failed: number; readonly programsPerSecond: number }> {
  const options = {
    programs: Number(values.programs),
    seed,
    faults: values.faults === undefined ? null : Number(values.faults),
    atOnce: Number(values['at-once']),
    length: Number(values.length),
    until: performance.now() + Number(values.minutes) * 60_000,
    only: (values.only ?? null) as 'run' | 'artifact' | 'thread' | null,
  };
  const begin = performance.now();
  const tally = await runPrograms(world, options, ({ programs: count }) => {
    if (count % CLEAR_LOG_EVERY === 0) void world.wandb.requests({ clear: true });
  });
  const programsPerSecond = tally.programs / ((performance.now() - begin) / 1000);
  tellFailed(tally, options.programs === 1);
  for (const { name, seed: failed } of tally.failed.slice(0, Number(values.shrink)))
    tell(`\nseed ${failed} (${name}), shrunk:\n${await shrunk(world, options, failed, name)}`);
  return { ...summary(tally), programsPerSecond: Math.round(programsPerSecond * 10) / 10 };
}

async function kill(world: World): Promise<{ readonly failed: number } & KillTotals> {
  const totals: KillTotals = { acknowledged: 0, behind: 0 };
  const last = seed + Number(values.kills);
  function* jobs(): Generator<Job> {
    for (let next = seed; next < last; next++) {
      const current = next;
      yield { name: 'kill', seed: current, run: () => runKill(world, current, values.journal, totals) };
    }
  }
  const tally = await runCrew(jobs(), { atOnce: KILLS_AT_ONCE, until: Infinity });
  tellFailed(tally, Number(values.kills) === 1);
  return { ...summary(tally), ...totals };
}

async function soakFor(world: World): Promise<{ readonly failed: number }> {
  const share = values.faults === undefined ? 0.1 : Number(values.faults);
  try {
    return { failed: 0, ...(await soak(world, Number(values.soak), share)) };
  } catch (error) {
    tell(error instanceof Error ? String(error.stack) : String(error));
    return { failed: 1 };
  }
}

function tellFailed(tally: Tally, withLog: boolean): void {
  for (const { name, seed: failed, violation, report } of tally.failed.slice(0, MOST_TOLD)) {
    tell(`seed ${failed} (${name}): ${violation.message}`);
    if (withLog) for (const line of report.log) tell(`    ${line}`);
  }
}

function summary(tally: Tally): {
  readonly programs: number;
  readonly operations: number;
  readonly failed: number;
  readonly kinds: Readonly<Record<string, number>>;
} {
  const kinds: Record<string, number> = {};
  for (const { violation } of tally.failed) kinds[violation.kind] = (kinds[violation.kind] ?? 0) + 1;
  const { programs: count, operations, failed } = tally;
  return { programs: count, operations, failed: failed.length, kinds };
}

// What the watch hears of ends no process any more; that this program itself fails does.
await main().catch((error: unknown) => {
  tell(error instanceof Error ? String(error.stack) : String(error));
  process.exit(2);
});
