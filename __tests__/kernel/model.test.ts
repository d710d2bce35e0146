import fc from 'fast-check';
import { treePath } from '../../src/contract/tree-path.js';
import { runSync } from '../../src/kernel/operation/operation.js';
import { expectEqual } from '../helpers/equal.js';
import { act, view } from './helpers/actor.js';
import { FOUND } from './helpers/found-programs.js';
import { type Program, program } from './helpers/model-programs.js';
import { mount } from './helpers/mount.js';
import { seeded } from './helpers/seeded.js';

/**
 * Several actors, each in a directory of its own of one run, do file operations, some blocking and some awaited, while
 * a seeded scheduler decides what happens elsewhere and in which order: answers, uploads, finalisations, failing PUTs,
 * foreign writes, clock jumps past the TTL, evictions by a tiny cache, aborts. Each actor's answers must be those of a
 * plain model; at the end, when all is flushed, the server must hold what the models hold: nothing lost, nothing invented.
 */
const RUNS = Number(process.env.WANDB_FS_MODEL_RUNS ?? 1000);
const RUN = 'e/p/r';

async function run({ actors, seed, pageSize, isLagging, failingPuts, listingTtl }: Program): Promise<void> {
  const mounted = mount({ listingTtl, cacheBytes: 64, blockBytes: 16 });
  const { kernel, remote, server, clock } = mounted;
  const choose = seeded(seed);
  server.pageSize = pageSize;
  server.toldSize = pageSize;
  server.isLagging = isLagging;
  const aborts = new Map<AbortController, number>();
  const elsewhere = (): void => {
    clock.now += choose(20);
    if (choose(20) === 0) clock.now += 1000;
    if (choose(12) === 0) server.write(`${RUN}/foreign/${choose(3)}`, String(choose(1000)));
    for (const [controller, left] of aborts) {
      if (left > 0) aborts.set(controller, left - 1);
      else controller.abort();
    }
  };
  remote.choose = choose;
  remote.onBlockedStep = elsewhere;
  for (let index = 0; index < failingPuts; index++)
    remote.failingPuts.set(`${RUN}/0/${['a', 'b'][index]}`, 1);

  let running = actors.length;
  const all = Promise.all(
    actors.map((commands, index) =>
      act(kernel, `${RUN}/${index}`, commands, aborts).finally(() => {
        running--;
      }),
    ),
  );
  // Awaited at the end; until then a failed actor must not be an unhandled rejection.
  all.catch(() => {});
  for (let guard = 0; running > 0; guard++) {
    if (guard > 20_000) throw new Error('the program does not end');
    await new Promise((resolve) => setImmediate(resolve));
    const steps = remote.steps();
    elsewhere();
    steps[choose(steps.length)]?.run();
  }
  await all;

  // The first flush may tell of PUTs that failed for good; the next sends them again.
  for (let attempt = 0; attempt < 4; attempt++) {
    try {
      runSync((op) => kernel.flush(op));
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'EIO' });
    }
  }
  remote.settle();
  const local = await Promise.all(
    (runSync((op) => kernel.readdir(op, treePath(RUN))) as readonly { name: string }[])
      .filter(({ name: entry }) => entry !== 'foreign')
      .map(({ name: entry }) => `${RUN}/${entry}`)
      .map(async (directory) => {
        let isSeen = false;
        const seen = view(kernel, directory).finally(() => {
          isSeen = true;
        });
        while (!isSeen) {
          await new Promise((resolve) => setImmediate(resolve));
          remote.settle();
        }
        return seen;
      }),
  );
  const shown = new Map(local.flatMap((files) => [...files]));
  const stored = new Map(
    [...server.bytes]
      .filter(([path]) => !path.startsWith(`${RUN}/foreign`))
      .map(([path]) => [path, server.text(path)]),
  );
  expectEqual(stored, shown);
  expectEqual(kernel.counters().dirty, 0);
  runSync((op) => kernel.shutdown(op));
}

test(`${RUNS} random programs answer as a plain model does, and lose nothing`, async () => {
  await fc.assert(fc.asyncProperty(program, run), { numRuns: RUNS, examples: FOUND });
}, 600_000);
