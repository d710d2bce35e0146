import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CACHE_BYTES, KILL_NAMES, OLD_CONTENT, type PlannedWrite, planWrites } from './kill-plan.js';
import { Random } from './random.js';
import type { Report } from './run-program.js';
import { shown, shownAll, Violation, within } from './violations.js';
import { storedIn, type World } from './world.js';

/** What a killed process had said. */
interface Said {
  readonly acknowledged: number;
  readonly durable: number;
}

/** Totals, which tell whether the instants of the kills meant something. */
export interface KillTotals {
  acknowledged: number;
  /** Names whose acknowledged content wasn't on the server when the process had died. */
  behind: number;
}

/** Longest time between the first word of a process and its end, in milliseconds. */
const LATEST_KILL = 500;

/**
 * Kills a process that writes, at a random instant. Without a journal every name must have its old content or one that was
 * written, whole; with one, when another process has started again, what was acknowledged, sent once.
 */
export async function runKill(
  world: World,
  seed: number,
  withJournal: boolean,
  totals: KillTotals,
): Promise<Report> {
  const random = new Random(seed ^ 0x5bd1e995);
  const run = `lab/project/k${seed}-${world.nextSerial()}`;
  const old = KILL_NAMES.filter(() => random.chance(0.5));
  await world.wandb.seed({ [run]: Object.fromEntries(old.map((name) => [name, OLD_CONTENT])) });
  const journal = withJournal ? await mkdtemp(join(tmpdir(), 'wandb-fs-kill-')) : null;
  const log: string[] = [];
  const live = (recover: boolean): Promise<Said> => {
    const options = {
      baseUrl: world.wandb.url,
      apiKey: world.wandb.apiKey,
      root: run,
      cacheBytes: CACHE_BYTES,
      writebackDelay: random.pick([1, 20, 100]),
      ...(journal !== null && { journal }),
    };
    return liveAndDie(world, { options, seed, recover }, recover ? null : random.below(LATEST_KILL), log);
  };
  try {
    const said = await live(false);
    await isQuiet(world, run);
    totals.acknowledged += said.acknowledged + 1;
    const writes = planWrites(seed).slice(0, said.acknowledged + 2);
    const before = await storedIn(world, run);
    for (const name of KILL_NAMES) {
      const state = stateOf(name, writes, said, old.includes(name));
      const content = before(name);
      if (!state.possible.includes(content))
        throw new Violation('wrong', `after the kill the server has ${shown(content)} at ${name}`);
      if (!state.acknowledged.includes(content)) totals.behind++;
    }
    if (journal !== null) {
      const sentBefore = await sentTo(world, run);
      await live(true);
      const after = await storedIn(world, run);
      for (const name of KILL_NAMES) {
        const { acknowledged } = stateOf(name, writes, said, old.includes(name));
        if (!acknowledged.includes(after(name)))
          throw new Violation(
            'lost',
            `after the next start the server has ${shown(after(name))} at ${name}, acknowledged was ${shownAll(acknowledged)}`,
          );
      }
      const twice = (await sentTo(world, run))
        .slice(sentBefore.length)
        .filter((put) => sentBefore.includes(put));
      if (twice.length > 0) throw new Violation('wrong', `sent again: ${twice.join()}`);
    }
    return { violation: null, log, operations: said.acknowledged + 1 };
  } catch (error) {
    if (error instanceof Violation) return { violation: error, log, operations: 0 };
    throw error;
  } finally {
    if (journal !== null) await rm(journal, { recursive: true, force: true });
  }
}

/** What a name may hold: after the kill, and once everything acknowledged is there. */
function stateOf(
  name: string,
  writes: readonly PlannedWrite[],
  { acknowledged, durable }: Said,
  isOld: boolean,
): { readonly possible: readonly (string | null)[]; readonly acknowledged: readonly (string | null)[] } {
  const contents = (from: number): (string | null)[] =>
    writes.flatMap((write, index) => (write.name === name && index >= from ? [write.content] : []));
  const lastBelow = (end: number): number =>
    writes.findLastIndex((write, index) => write.name === name && index <= end);
  const initial = isOld ? OLD_CONTENT : null;
  const whenDurable = lastBelow(durable);
  const whenAcknowledged = lastBelow(acknowledged);
  return {
    possible: whenDurable < 0 ? [initial, ...contents(0)] : contents(whenDurable),
    acknowledged: whenAcknowledged < 0 ? [initial, ...contents(0)] : contents(whenAcknowledged),
  };
}

/** Starts the writer, and kills it so many milliseconds after its first word; with null it ends by itself. */
async function liveAndDie(
  world: World,
  argument: object,
  after: number | null,
  log: string[],
): Promise<Said> {
  const writer = fileURLToPath(new URL('writer.cjs', import.meta.url));
  const child = spawn(process.execPath, [writer, JSON.stringify(argument)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let failure = '';
  child.stderr.on('data', (text: Buffer) => {
    failure += text.toString();
  });
  const said = { acknowledged: -1, durable: -1 };
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    log.push(line);
    const [word, index] = line.split(' ');
    if (word === 'ready' && after !== null) setTimeout(() => child.kill('SIGKILL'), after);
    if (word === 'ack') said.acknowledged = Number(index);
    if (word === 'durable') said.durable = Number(index);
  });
  const [[exitCode]] = await within(
    world.deadline,
    'a process that was to end',
    Promise.all([once(child, 'close')]),
  );
  if (after === null ? exitCode !== 0 : exitCode !== null)
    throw new Violation('errno', `the process ended with ${exitCode}: ${failure.slice(0, 500)}`);
  return said;
}

/** Requests that were whole when the process died are still answered. */
async function isQuiet(world: World, run: string): Promise<void> {
  let seen = '';
  for (;;) {
    const now = JSON.stringify((await sentTo(world, run)).length);
    if (now === seen) return;
    seen = now;
    await sleep(40);
  }
}

/** The PUTs to a run that the storage has accepted: names with sizes, which tell contents apart. */
async function sentTo(world: World, run: string): Promise<string[]> {
  const requests = await world.wandb.requests();
  return requests
    .filter(
      ({ side, method, path, status }) =>
        side === 'storage' && method === 'PUT' && status === 200 && path.includes(`${run}/`),
    )
    .map(({ path, bytesIn }) => `${path.slice(path.indexOf(run) + run.length)} (${bytesIn} bytes)`);
}
