import { treePath } from '../../src/contract/tree-path.js';
import type { HeldSource } from '../../src/contract/uploads.js';
import { Bench, FLOWERS } from './helpers/artifacts.js';

const KIB = 1024;

/** Content that says how often it was opened. */
class Counted implements HeldSource {
  readonly kind = 'held';
  opened = 0;
  private left = 0;

  constructor(
    readonly size: number,
    private readonly seed: number,
  ) {}

  async open() {
    this.opened++;
    this.left++;
    const bytes = new Uint8Array(this.size).fill(this.seed);
    new DataView(bytes.buffer).setUint16(0, this.seed);
    return { content: { kind: 'bytes', bytes } as const, close: () => void this.left-- };
  }

  get isClosed(): boolean {
    return this.left === 0;
  }
}

/** Commits files of these sizes; how often each was opened. */
async function openings(bench: Bench, sizes: readonly number[]): Promise<readonly number[]> {
  const sources = sizes.map((size, at) => new Counted(size, at));
  const files = sources.map((source, at) => ({ name: `${at}`, kind: 'content', source }) as const);
  await bench.writing.commit({ collection: treePath(FLOWERS), files }, {});
  expect(sources.every(({ isClosed }) => isClosed)).toBe(true);
  expect(Object.keys(await bench.files())).toHaveLength(sizes.length);
  return sources.map(({ opened }) => opened);
}

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.start();
});
afterEach(() => bench[Symbol.asyncDispose]());

test('small files of a commit are read once: what was hashed is what is sent', async () => {
  expect(await openings(bench, [2, 4 * KIB, 64 * KIB, 64 * KIB + 1])).toEqual([1, 1, 1, 2]);
});

test('no more than sixteen MiB of them are kept for it', async () => {
  const opened = await openings(bench, Array(270).fill(64 * KIB));
  expect(opened.filter((times) => times === 1)).toHaveLength(256);
  expect(opened.filter((times) => times === 2)).toHaveLength(14);
});
