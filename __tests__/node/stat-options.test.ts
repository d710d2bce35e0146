import { join } from 'node:path';
import { makeTwins, type Side, type Twins, tell } from './support/twins.js';

const major = Number(process.versions.node.split('.')[0]);

let twins: Twins;
beforeEach(() => {
  twins = makeTwins();
});
afterEach(() => twins.remove());

type Options = { bigint: false };

/** `stat`, `lstat` and `fstat` in their later styles, of a path. */
const LOOKS: Readonly<Record<string, (side: Side, path: string, options: Options) => Promise<unknown>>> = {
  'promises.stat': ({ fs }, path, options) => fs.promises.stat(path, options),
  'promises.lstat': ({ fs }, path, options) => fs.promises.lstat(path, options),
  'FileHandle.stat': async ({ fs }, path, options) => {
    const handle = await fs.promises.open(path);
    return handle.stat(options).finally(() => handle.close());
  },
  stat: ({ fs }, path, options) => called((done) => fs.stat(path, options, done)),
  lstat: ({ fs }, path, options) => called((done) => fs.lstat(path, options, done)),
  fstat: ({ fs }, path, options) => {
    const fd = fs.openSync(path, 'r');
    return called((done) => fs.fstat(fd, options, done)).finally(() => fs.closeSync(fd));
  },
};

const called = (call: (done: (error: unknown, value: unknown) => void) => void): Promise<unknown> =>
  new Promise((resolve, reject) => {
    call((error, value) => (error ? reject(error) : resolve(value)));
  });

const outcome = async (side: Side, look: Promise<unknown>): Promise<unknown> => {
  try {
    return Boolean(await look);
  } catch (error) {
    const { cause } = error as Error;
    return { ...tell(error, side.base), cause };
  }
};

test.each(Object.entries(LOOKS))('%s leaves with its signal, as Node 26 has it', async (_name, look) => {
  const aborted = { signal: AbortSignal.abort('enough') } as unknown as Options;
  const idle = { signal: new AbortController().signal } as unknown as Options;
  const bad = { signal: {} } as unknown as Options;
  const told = async (side: Side): Promise<unknown> => {
    const path = join(side.base, 'file');
    return Promise.all(
      [aborted, idle, bad].map(async (options) => outcome(side, (async () => look(side, path, options))())),
    );
  };
  const ours = await told(twins.ours);
  expect(ours).toEqual([
    expect.objectContaining({ code: 'ABORT_ERR', cause: 'enough' }),
    true,
    expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
  ]);
  if (major >= 26) expect(ours).toEqual(await told(twins.node));
});

test('stat and promises.stat take throwIfNoEntry, as Node has it from 24 and 25 on', async () => {
  for (const path of [join(twins.ours.base, 'missing'), join(twins.ours.base, 'file/below')]) {
    const options = { throwIfNoEntry: false } as unknown as Options;
    const expected = await outcome(
      twins.ours,
      (async () => twins.ours.fs.statSync(path, { throwIfNoEntry: false }))(),
    );
    for (const name of ['promises.stat', 'stat']) {
      const look = LOOKS[name];
      expect(await outcome(twins.ours, (async () => look?.(twins.ours, path, options))())).toEqual(expected);
      if (major >= 26) {
        const node = { ...twins.node, base: twins.ours.base };
        expect(await outcome(node, (async () => look?.(node, path, options))())).toEqual(expected);
      }
    }
  }
});

test.each(Object.entries(LOOKS))('%s with options that are none', async (_name, look) => {
  for (const options of [null, 1, 'x'] as unknown as Options[]) {
    const told = async (side: Side): Promise<unknown> =>
      outcome(side, (async () => look(side, join(side.base, 'file'), options))());
    const [ours, node] = [await told(twins.ours), await told(twins.node)] as Partial<Error>[];
    // Before 26 what is none is read all the same: V8 words that, with Node's own variables in it.
    if (ours?.name === 'TypeError' && major < 26) expect(node?.name).toBe('TypeError');
    else expect(ours).toEqual(node);
  }
});
