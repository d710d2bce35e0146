import nodeFs from 'node:fs';
import { join } from 'node:path';
import { makeTwins, type Side, type Twins, tell } from './support/twins.js';

let twins: Twins;
beforeEach(() => {
  twins = makeTwins();
});
afterEach(() => twins.remove());

type Handle = nodeFs.promises.FileHandle;
type Call = (side: Side & { readonly handle: Handle }, signal: AbortSignal) => Promise<unknown>;

const MUCH = Buffer.alloc(1536 * 1024);

/** Calls whose content is all here: nothing but their own patience lets anybody abort them. */
const CALLS: Readonly<Record<string, Call>> = {
  'promises.readFile': ({ fs, base }, signal) => fs.promises.readFile(join(base, 'file'), { signal }),
  'promises.writeFile': ({ fs, base }, signal) => fs.promises.writeFile(join(base, 'file'), 'x', { signal }),
  'promises.appendFile': ({ fs, base }, signal) =>
    fs.promises.appendFile(join(base, 'file'), 'x', { signal } as object),
  readFile: ({ fs, base }, signal) => calledBack((done) => fs.readFile(join(base, 'file'), { signal }, done)),
  writeFile: ({ fs, base }, signal) =>
    calledBack((done) => fs.writeFile(join(base, 'file'), 'x', { signal }, done)),
  'FileHandle.readFile': ({ handle }, signal) => handle.readFile({ signal }),
  'FileHandle.writeFile': ({ handle }, signal) => handle.writeFile('x', { signal } as object),
  // More than is written at once, pieces, and none.
  'FileHandle.writeFile of much': ({ handle }, signal) => handle.writeFile(MUCH, { signal } as object),
  'promises.writeFile of much': ({ fs, base }, signal) =>
    fs.promises.writeFile(join(base, 'file'), MUCH, { signal }),
  'promises.writeFile of pieces': ({ fs, base }, signal) =>
    fs.promises.writeFile(join(base, 'file'), ['one', 'two'], { signal }),
  'FileHandle.writeFile of one piece': ({ handle }, signal) =>
    handle.writeFile(['one'] as unknown as string, { signal } as object),
  'promises.writeFile of no pieces': ({ fs, base }, signal) =>
    fs.promises.writeFile(join(base, 'file'), [], { signal }),
};

const calledBack = (call: (done: (error: unknown) => void) => void): Promise<unknown> =>
  new Promise((resolve, reject) => call((error) => (error ? reject(error) : resolve(undefined))));

/** Behind the start of the call; of a handle that is one write, which is over then. */
const MOMENTS: Readonly<Record<string, (abort: () => void) => void>> = {
  'at once': (abort) => abort(),
  'in a microtask': (abort) => queueMicrotask(abort),
  'in the next tick': (abort) => process.nextTick(abort),
};

describe.each(Object.entries(CALLS))('%s is aborted as Node’s is', (_name, call) => {
  test.each(Object.entries(MOMENTS))('%s', async (_moment, plan) => {
    const comeOf = async (side: Side): Promise<unknown> => {
      const controller = new AbortController();
      const handle = await side.fs.promises.open(join(side.base, 'file'), 'r+');
      try {
        const result = call({ ...side, handle }, controller.signal);
        plan(() => controller.abort(new Error('mine')));
        return { value: String(await result) };
      } catch (error) {
        const { cause } = error as { readonly cause?: unknown };
        return { ...tell(error, side.base), cause };
      } finally {
        await handle.close();
      }
    };
    expect(await comeOf(twins.ours)).toEqual(await comeOf(twins.node));
  });
});

test('a large file is aborted between two of its parts', async () => {
  const { fs, base } = twins.ours;
  const path = join(base, 'file');
  async function* parts(): AsyncGenerator<string> {
    yield 'one';
    controller.abort();
    yield 'two';
  }
  const controller = new AbortController();
  const writing = fs.promises.writeFile(path, parts(), { signal: controller.signal });
  await expect(writing).rejects.toThrow('The operation was aborted');
  expect(nodeFs.readFileSync(path, 'utf8')).toBe('one');
});
