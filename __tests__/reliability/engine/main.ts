import { parseArgs } from 'node:util';
import { startFakeWandb, startFaultProxy } from 'wandb-fs/testing';
import { ProcessWatch } from './process-watch.js';
import { runPrograms, shrunk } from './programs.js';
import type { World } from './world.js';

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '1000000' },
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    faults: { type: 'string' },
    'at-once': { type: 'string', default: '150' },
    length: { type: 'string', default: '16' },
    deadline: { type: 'string', default: '60000' },
    only: { type: 'string' },
    shrink: { type: 'string', default: '5' },
  },
});

/** A request costs the server's log a kilobyte. */
const CLEAR_LOG_EVERY = 300;
const MOST_TOLD = 40;

const tell = (line: string): boolean => process.stdout.write(`${line}\n`);
async function main(watch: ProcessWatch): Promise<void> {
  const wandb = await startFakeWandb();
  await wandb.seed({ 'lab/project/first': {} });
  const proxy = await startFaultProxy(wandb);
  let serial = 0;
  const world: World = {
    wandb,
    proxy,
    deadline: Number(values.deadline),
    nextSerial: () => ++serial,
    traffic: { requests: 0, hits: 0 },
  };
  const options = {
    programs: Number(values.programs),
    seed: Number(values.seed),
    faults: values.faults === undefined ? null : Number(values.faults),
    atOnce: Number(values['at-once']),
    length: Number(values.length),
    until: performance.now() + Number(values.minutes) * 60_000,
    only: (values.only ?? null) as 'run' | 'artifact' | 'thread' | null,
  };
  const begin = performance.now();
  const tally = await runPrograms(world, options, ({ programs }) => {
    if (programs % CLEAR_LOG_EVERY === 0) void wandb.requests({ clear: true });
  });
  const seconds = (performance.now() - begin) / 1000;

  for (const { name, seed, violation, report } of tally.failed.slice(0, MOST_TOLD)) {
    tell(`seed ${seed} (${name}): ${violation.message}`);
    if (options.programs === 1) for (const line of report.log) tell(`    ${line}`);
  }
  for (const { name, seed } of tally.failed.slice(0, Number(values.shrink)))
    tell(`\nseed ${seed} (${name}), shrunk:\n${await shrunk(world, options, seed, name)}`);
  await proxy.close();
  await wandb.close();

  const kinds: Record<string, number> = {};
  for (const { violation } of tally.failed) kinds[violation.kind] = (kinds[violation.kind] ?? 0) + 1;
  for (const text of [...watch.rejections, ...watch.deaths].slice(0, MOST_TOLD)) tell(`\n${text}`);
  const report = {
    programs: tally.programs,
    operations: tally.operations,
    seconds: Math.round(seconds),
    programsPerSecond: Math.round((tally.programs / seconds) * 10) / 10,
    failed: tally.failed.length,
    kinds,
    rejections: watch.rejections.length,
    deaths: watch.deaths.length,
    warnings: [...new Set(watch.warnings)].slice(0, 5),
    rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
  };
  tell(JSON.stringify({ ...report, ...world.traffic }));
  process.exitCode = report.failed + report.rejections + report.deaths > 0 ? 1 : 0;
}

// What the watch hears of ends no process any more; that this program itself fails does.
await main(new ProcessWatch()).catch((error: unknown) => {
  tell(String(error instanceof Error ? error.stack : error));
  process.exit(2);
});
