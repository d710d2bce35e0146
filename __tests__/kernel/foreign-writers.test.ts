import { constants } from 'node:fs';
import fc from 'fast-check';
import { Failure } from '../../src/contract/failure.js';
import { treePath } from '../../src/contract/tree-path.js';
import { runAsync, runSync } from '../../src/kernel/operation/operation.js';
import { expectEqual } from '../helpers/equal.js';
import { mount } from './helpers/mount.js';
import { seeded } from './helpers/seeded.js';

/**
 * Somebody else writes and removes the same files. What a read returns must then be one whole version that somebody
 * wrote, or a named failure: never a mixture. And when everything is flushed and asked anew, this instance shows what
 * the server holds.
 */
const RUNS = Number(process.env.WANDB_FS_MODEL_RUNS ?? 1000) / 4;
const FILES = ['a', 'b', 'd/a'].map((name) => `e/p/r/${name}`);
const ALLOWED = new Set(['EEXIST', 'ENOENT', 'ESTALE', 'EIO']);
const { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } = constants;

const step = fc.record({
  type: fc.constantFrom('read', 'write', 'unlink', 'list', 'foreignWrite', 'foreignRemove', 'elsewhere'),
  file: fc.constantFrom(...FILES),
  blocks: fc.integer({ min: 0, max: 6 }),
});

test(`${RUNS} random programs with a foreign writer never read a mixture, and agree with the server in the end`, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.integer(),
      fc.constantFrom(0, 100_000),
      async (steps, seed, listingTtl) => {
        const { kernel, remote, server, clock } = mount({ listingTtl, blockBytes: 8, cacheBytes: 32 });
        const choose = seeded(seed);
        remote.choose = choose;
        let version = 0;
        // Equal blocks: a read that mixes two versions isn't homogeneous.
        const content = (blocks: number): string =>
          String.fromCharCode(97 + (version++ % 26)).repeat(blocks * 8);
        const foreign = (): void => {
          clock.now += choose(30);
          const file = FILES[choose(FILES.length)] ?? '';
          if (choose(10) === 0) server.write(file, content(choose(7)));
        };
        remote.onBlockedStep = foreign;
        const drive = async <T>(primitive: Parameters<typeof runAsync<T>>[0]): Promise<T> => {
          if (choose(2) === 0) return runSync(primitive);
          let isDone = false;
          const result = runAsync(primitive).finally(() => {
            isDone = true;
          });
          result.catch(() => {});
          while (!isDone) {
            await new Promise((resolve) => setImmediate(resolve));
            foreign();
            const all = remote.steps();
            all[choose(all.length)]?.run();
          }
          return result;
        };
        const attempt = async (call: () => Promise<void>): Promise<void> => {
          await call().catch((thrown: unknown) => {
            if (!(thrown instanceof Failure) || !ALLOWED.has(thrown.code)) throw thrown;
          });
        };
        await attempt(() => drive((op) => kernel.mkdir(op, treePath('e/p/r/d'), 0o777)));
        for (const { type, file, blocks } of steps) {
          if (type === 'foreignWrite') server.write(file, content(blocks));
          else if (type === 'foreignRemove') server.delete(file);
          else if (type === 'elsewhere') remote.steps()[choose(remote.steps().length)]?.run();
          else if (type === 'list')
            await attempt(async () => void (await drive((op) => kernel.readdir(op, treePath('e/p/r')))));
          else if (type === 'unlink') await attempt(() => drive((op) => kernel.unlink(op, treePath(file))));
          else if (type === 'write') {
            await attempt(async () => {
              const fd = await drive((op) =>
                kernel.open(op, treePath(file), O_WRONLY | O_CREAT | O_TRUNC, 0o666),
              );
              await drive((op) => kernel.write(op, fd, Buffer.from(content(blocks)), 0));
              await drive((op) => kernel.close(op, fd));
            });
          } else {
            await attempt(async () => {
              const fd = await drive((op) => kernel.open(op, treePath(file), O_RDONLY, 0));
              const buffer = Buffer.alloc(64);
              try {
                const count = await drive((op) => kernel.read(op, fd, buffer, 0));
                const text = buffer.toString('utf8', 0, count);
                expect(new Set(text).size).toBeLessThanOrEqual(1);
                expect(count % 8).toBe(0);
              } finally {
                await drive((op) => kernel.close(op, fd));
              }
            });
          }
        }
        remote.onBlockedStep = () => {};
        await attempt(() => Promise.resolve(runSync((op) => kernel.flush(op))));
        remote.settle();
        clock.now += 1_000_000;
        kernel.refresh(treePath(''));
        for (const file of FILES) {
          const shown = await (async () => {
            const fd = runSync((op) => kernel.open(op, treePath(file), O_RDONLY, 0));
            const buffer = Buffer.alloc(64);
            const count = runSync((op) => kernel.read(op, fd, buffer, 0));
            runSync((op) => kernel.close(op, fd));
            return buffer.toString('utf8', 0, count);
          })().catch((thrown: Failure) => thrown.code);
          expectEqual([file, shown], [file, server.text(file) ?? 'ENOENT']);
        }
        runSync((op) => kernel.shutdown(op));
      },
    ),
    { numRuns: RUNS },
  );
}, 300_000);
