import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createWandbFs, type WandbFs } from 'wandb-fs';
import { faultsOf } from './faults.js';
import { contentOf, Random } from './random.js';
import { codeOf, isFaulty, shown, Violation, within } from './violations.js';
import { addTraffic, calm, type World } from './world.js';

export interface SoakReport {
  readonly reads: number;
  readonly writes: number;
  readonly failures: number;
  /** In MiB: at the highest, and what was left of the heap and of buffers when all was closed, above the beginning. */
  readonly peakMiB: number;
  readonly leftMiB: number;
}

const INSTANCES = 5;
const READERS_EACH = 100;
const WRITERS_EACH = 100;

/**
 * A thousand readers and writers at once, over several instances, one of them with an I/O thread, while a share of the
 * requests is hit. Throws a Violation for content that nobody wrote, for what isn't durable in the end, and for a call that
 * hangs.
 */
export async function soak(world: World, seconds: number, share: number): Promise<SoakReport> {
  const run = 'lab/project/soak';
  await world.wandb.seed({ [run]: {} });
  await using lane = await world.proxy.lane('soak');
  // A wrong byte that the storage took and lists is what others read, until its writer has sent it again: nobody can tell.
  await lane.faults(faultsOf(share, [...world.without, 'corrupt:request']), { seed: 1 });
  const totals = { reads: 0, writes: 0, failures: 0 };
  const before = memory();
  let peak = 0;
  const sampling = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 250);
  const instances = Array.from({ length: INSTANCES }, (_, index) =>
    createWandbFs({
      baseUrl: lane.url,
      apiKey: world.wandb.apiKey,
      root: `${run}`,
      sync: index === 0 ? 'thread' : 'off',
      cacheBytes: 4 * 2 ** 20,
      // So that much is on its way, and much is asked for anew.
      writebackDelay: 20,
      listingTtl: 1000,
      logger: {},
    }),
  );
  try {
    const last = new Map<string, string>();
    const until = performance.now() + seconds * 1000;
    await Promise.all(
      instances.flatMap((fs, index) => [
        ...Array.from({ length: WRITERS_EACH }, (_, number) =>
          write(world, fs, `${index}/${number % 10}/f${number}`, until, totals, last),
        ),
        ...Array.from({ length: READERS_EACH }, (_, number) =>
          read(world, { fs, index }, new Random(index * 1000 + number), until, totals),
        ),
      ]),
    );
    await calm(lane);
    await addTraffic(world, lane);
    for (const fs of instances) {
      await within(world.deadline, 'flush', fs.wandb.flush()).catch((error: unknown) => {
        throw error instanceof Violation ? error : new Violation('flush', codeOf(error));
      });
      const { dirty } = fs.wandb.counters();
      if (dirty !== 0) throw new Violation('lost', `${dirty} files are dirty after a flush`);
    }
    const stored = await world.wandb.files(run);
    for (const [name, content] of last) {
      const bytes = stored[name];
      if (bytes === undefined || Buffer.from(bytes).toString() !== content)
        throw new Violation('lost', `${name} isn't what was acknowledged last`);
    }
  } finally {
    clearInterval(sampling);
    await Promise.all(instances.map((fs) => within(world.deadline, 'close', fs.wandb.close())));
  }
  return { ...totals, peakMiB: mib(peak), leftMiB: mib(memory() - before) };
}

async function write(
  world: World,
  fs: WandbFs,
  name: string,
  until: number,
  totals: { writes: number; failures: number },
  last: Map<string, string>,
): Promise<void> {
  const random = new Random(name.length * 7919 + Number(/\d+$/.exec(name)?.[0] ?? 0));
  const directory = `/${name}`.slice(0, name.lastIndexOf('/') + 1);
  for (let serial = 0; performance.now() < until; serial++) {
    const content = contentOf(
      `${name.replaceAll('/', '-')}-${serial}`,
      100 + random.below(random.chance(0.05) ? 300_000 : 3000),
    );
    try {
      const done = fs.promises
        .mkdir(directory, { recursive: true })
        .then(() => fs.promises.writeFile(`/${name}`, content));
      await within(world.deadline, `write ${name}`, done);
      last.set(name, content);
      totals.writes++;
    } catch (error) {
      tolerate(error, totals);
      // Whether it was written isn't told: what is there in the end needs another write.
      last.delete(name);
    }
    await sleep(20 + random.below(400));
  }
}

async function read(
  world: World,
  { fs, index }: { readonly fs: WandbFs; readonly index: number },
  random: Random,
  until: number,
  totals: { reads: number; failures: number },
): Promise<void> {
  while (performance.now() < until) {
    const number = random.below(WRITERS_EACH);
    const writer = random.below(INSTANCES);
    const name = `${writer}/${number % 10}/f${number}`;
    try {
      const content = await within(world.deadline, `read ${name}`, fs.promises.readFile(`/${name}`, 'utf8'));
      totals.reads++;
      // As on a disk: `writeFile` empties the file, and writes it then. No other instance ever sees that.
      const isEmptied = content === '' && writer === index;
      const id = content.slice(0, content.indexOf('.'));
      const isWritten =
        id.startsWith(`${name.replaceAll('/', '-')}-`) && content === contentOf(id, content.length);
      if (!isEmptied && !isWritten)
        throw new Violation('wrong', `${name} reads ${shown(content)} in instance ${index}`);
    } catch (error) {
      const isExplained = ['ENOENT', 'ESTALE'].includes(codeOf(error));
      if (!isExplained) tolerate(error, totals);
    }
    await sleep(10 + random.below(200));
  }
}

function tolerate(error: unknown, totals: { failures: number }): void {
  if (error instanceof Violation) throw error;
  if (!isFaulty(codeOf(error)))
    throw new Violation('errno', error instanceof Error ? String(error.stack) : String(error));
  totals.failures++;
}

const mib = (bytes: number): number => Math.round(bytes / 2 ** 20);

/** Of the heap and of buffers, when what nobody needs is gone. */
function memory(): number {
  for (let count = 0; count < 3; count++) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** What a process holds: open files and sockets, and who listens to its end. */
export interface Holdings {
  /** What they lead to. */
  readonly fds: readonly string[];
  /** By the name of the event. */
  readonly listeners: Readonly<Record<string, number>>;
}

export const holdings = (): Holdings => ({
  fds: process.platform === 'linux' ? openFiles() : [],
  listeners: Object.fromEntries(
    process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
  ),
});

/** libuv keeps it open in reserve, for each event loop that has had a socket. */
const RESERVE = '/dev/null';

/** The one by which they are listed is closed before it is looked at. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target === RESERVE ? [] : [target];
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  });
}

/** What is open that wasn't before. */
export function moreFds(before: Holdings, after: Holdings): string[] {
  const known = new Map<string, number>();
  for (const target of before.fds) known.set(target, (known.get(target) ?? 0) + 1);
  return after.fds.filter((target) => {
    const left = known.get(target) ?? 0;
    known.set(target, left - 1);
    return left <= 0;
  });
}

/** The events that have more listeners than before. */
export const moreListeners = (before: Holdings, after: Holdings): string[] =>
  Object.entries(after.listeners).flatMap(([name, count]) =>
    count > (before.listeners[name] ?? 0) ? [`${name}: ${count - (before.listeners[name] ?? 0)}`] : [],
  );

/** Resolves when the process holds no more than before, or tells what it holds after ten seconds. */
export async function released(before: Holdings): Promise<Holdings> {
  for (let count = 0; ; count++) {
    const now = holdings();
    if ((moreFds(before, now).length === 0 && moreListeners(before, now).length === 0) || count === 100)
      return now;
    await sleep(100);
  }
}
