import nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { createWandbFs, type WandbFs } from 'wandb-fs';
import type { FakeWandb } from 'wandb-fs/testing';
import { startServer } from '../helpers/server.js';
import { anyOperation, type Fs, type Operation, type Side } from './helpers/operations.js';
import { comparable, treeOf } from './helpers/outcomes.js';

/** Operations in all; continuous integration wants 10,000 at least. */
const WANTED = Number(process.env.WANDB_FS_DIFFERENTIAL ?? 3000);
const LENGTH = 40;
/** Fixed, so that a difference found today is none of tomorrow's; `scripts/differential.mjs` goes through others. */
const SEED = Number(process.env.WANDB_FS_SEED ?? 1);

const START = { a: 'first', 'd/a': 'second', 'd/e/b': 'third' };

let server: FakeWandb;
const top = nodeFs.mkdtempSync(join(tmpdir(), 'wandb-fs-differential-'));
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => nodeFs.rmSync(top, { recursive: true }));

let serial = 0;

/** The same files on the disk and in a run, under paths of one length. */
async function makeSides(): Promise<{ readonly node: Side; readonly ours: Side & { readonly fs: WandbFs } }> {
  const index = String(++serial).padStart(6, '0');
  const base = join(top, `n${index}`);
  for (const [name, text] of Object.entries(START)) {
    nodeFs.mkdirSync(join(base, name, '..'), { recursive: true });
    nodeFs.writeFileSync(join(base, name), text);
  }
  const run = `team/project/run-${index}`;
  await server.seed({ [run]: START });
  const mountPoint = join(top, `w${index}`);
  const fs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey, mountPoint, root: run });
  return { node: { fs: nodeFs, base, open: [] }, ours: { fs, base: mountPoint, open: [] } };
}

async function outcomeOf(operation: Operation, side: Side): Promise<unknown> {
  try {
    return { value: (await operation.run(side)) ?? null };
  } catch (error) {
    return comparable(error, side.base);
  }
}

function closeAll({ fs, open }: Side): void {
  for (const fd of open) if (fd !== undefined) fs.closeSync(fd);
}

const countOf = (runs: number): number => Math.max(1, Math.ceil(runs / LENGTH));

describe.each([
  ['warm', 0],
  ['cold: everything learned is forgotten now and then', 5],
])('random programs do to a run what they do to a disk (%s)', (_temperature, forgetEvery) => {
  test('results, errors and the trees that are left', async () => {
    const program = fc.array(anyOperation, { minLength: 1, maxLength: LENGTH * 2, size: 'max' });
    await fc.assert(
      fc.asyncProperty(program, async (operations) => {
        const { node, ours } = await makeSides();
        try {
          for (const [index, operation] of operations.entries()) {
            if (forgetEvery > 0 && index % forgetEvery === 0) {
              await ours.fs.wandb.flush();
              ours.fs.wandb.refresh();
            }
            const [seen, wanted] = [await outcomeOf(operation, ours), await outcomeOf(operation, node)];
            expect([operation.text, seen]).toEqual([operation.text, wanted]);
          }
          closeAll(node);
          closeAll(ours);
          const tree = treeOf(node.fs, node.base);
          expect(treeOf(ours.fs as Fs, ours.base)).toEqual(tree);
          await ours.fs.wandb.flush();
          const run = `team/project/run-${node.base.slice(-6)}`;
          const stored = Object.entries(await server.files(run)).map(([name, bytes]) => [
            name,
            Buffer.from(bytes).toString('latin1'),
          ]);
          const files = Object.entries(tree).filter(([, text]) => text !== null);
          expect(Object.fromEntries(stored)).toEqual(Object.fromEntries(files));
        } finally {
          await ours.fs.wandb.close();
          nodeFs.rmSync(node.base, { recursive: true });
        }
      }),
      {
        numRuns: countOf(WANTED / 2),
        seed: SEED,
        endOnFailure: false,
      },
    );
  }, 3_600_000);
});
