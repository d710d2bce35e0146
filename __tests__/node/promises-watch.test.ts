import { join } from 'node:path';
import { makeTwins, type Side, type Twins, tell } from './support/twins.js';

let twins: Twins;
beforeEach(() => {
  twins = makeTwins();
});
afterEach(() => twins.remove());

describe('promises.watch gives the events', () => {
  test('promises.watch: in order, until its signal', async () => {
    const { fs, base } = twins.ours;
    const controller = new AbortController();
    const seen: unknown[] = [];
    const watching = (async () => {
      for await (const event of fs.promises.watch(base, { signal: controller.signal })) {
        seen.push(event);
        if (seen.length === 1) fs.rmSync(join(base, 'file'));
        else controller.abort('enough');
      }
    })();
    fs.writeFileSync(join(base, 'new'), '');
    await expect(watching).rejects.toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: 'enough' });
    expect(seen).toEqual([
      { eventType: 'rename', filename: 'new' },
      { eventType: 'rename', filename: 'file' },
    ]);
  });

  test('promises.watch: what overflows its queue is left out, or is an error', async () => {
    const { fs, base } = twins.ours;
    const files = (prefix: string): void => {
      for (const name of ['1', '2', '3', '4']) fs.writeFileSync(join(base, `${prefix}${name}`), '');
    };
    const warning = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const ignoring = fs.promises.watch(base, { maxQueue: 2 } as object)[Symbol.asyncIterator]();
    const first = ignoring.next();
    files('a');
    expect((await first).value).toEqual({ eventType: 'rename', filename: 'a1' });
    expect(warning.mock.calls).toEqual([['fs.watch maxQueue exceeded'], ['fs.watch maxQueue exceeded']]);
    warning.mockRestore();
    expect((await ignoring.next()).value).toEqual({ eventType: 'rename', filename: 'a2' });
    await ignoring.return?.();

    const strict = fs.promises.watch(base, { maxQueue: 2, overflow: 'error' } as object);
    const failing = strict[Symbol.asyncIterator]();
    const next = failing.next();
    files('b');
    await expect(next).rejects.toMatchObject({ code: 'ERR_FS_WATCH_QUEUE_OVERFLOW' });
  });

  test.each<readonly [string, (side: Side) => AsyncIterable<unknown>]>([
    ['a missing path', ({ fs, base }) => fs.promises.watch(join(base, 'missing'))],
    ['options that are none', ({ fs, base }) => fs.promises.watch(base, null as unknown as 'utf8')],
    ['a signal that was aborted', ({ fs, base }) => fs.promises.watch(base, { signal: AbortSignal.abort() })],
    ['persistent that is no boolean', ({ fs, base }) => fs.promises.watch(base, { persistent: 1 } as object)],
  ])('promises.watch refuses %s as Node does', async (_title, call) => {
    const refusal = async (side: Side): Promise<unknown> => {
      try {
        for await (const _event of call(side));
      } catch (error) {
        return tell(error, side.base);
      }
      throw new Error('It was not refused.');
    };
    expect(await refusal(twins.ours)).toEqual(await refusal(twins.node));
  });
});

test('promises.watch refuses an unknown encoding', async () => {
  const { fs, base } = twins.ours;
  const step = fs.promises
    .watch(base, { encoding: 'none' as 'utf8' })
    [Symbol.asyncIterator]()
    .next();
  await expect(step).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
});
