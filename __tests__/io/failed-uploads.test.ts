import { Failure } from '../../src/contract/failure.js';
import { treePath } from '../../src/contract/tree-path.js';
import { owned, refused, UNIT } from './helpers/owned.js';

describe('an upload that fails for good', () => {
  test('is reported, keeps its content, and is tried again at the next flush', async () => {
    const { submit, flush, recorded, content, eventsOf } = owned();
    recorded.fail(`put ${UNIT}/a`, refused);
    void submit('a', 'content');
    expect(await flush()).toEqual([{ path: `${UNIT}/a`, failure: refused }]);
    expect(eventsOf('failed')).toMatchObject([
      { path: `${UNIT}/a`, ino: 1, generation: 1, failure: refused },
    ]);
    expect(content('a')).toBeNull();
    expect(await flush()).toEqual([]);
    expect(content('a')).toBe('content');
  });

  test('does not touch the others of its batch', async () => {
    const { submit, flush, recorded, content } = owned();
    recorded.fail(`put ${UNIT}/b`, refused);
    for (const [ino, name] of ['a', 'b', 'c'].entries()) void submit(name, name, { ino });
    expect(await flush()).toMatchObject([{ path: `${UNIT}/b` }]);
    expect([content('a'), content('b'), content('c')]).toEqual(['a', null, 'c']);
    expect(recorded.log.at(-1)).toBe(`finish ${UNIT}/a,${UNIT}/c`);
  });

  test.each(['declare', 'finish'])('at the %s takes its whole batch with it', async (step) => {
    const { submit, flush, recorded, content } = owned();
    recorded.fail(`${step} ${UNIT}/a,${UNIT}/b`, refused);
    void submit('a', 'a', { ino: 1 });
    void submit('b', 'b', { ino: 2 });
    expect(await flush()).toHaveLength(2);
    expect(await flush()).toEqual([]);
    expect([content('a'), content('b')]).toEqual(['a', 'b']);
  });

  test('is not repeated by new submissions of other files', async () => {
    const { submit, recorded, flush } = owned({ writebackDelay: 10 });
    recorded.fail(`put ${UNIT}/a`, refused);
    void submit('a', 'a', { ino: 1 });
    await flush();
    void submit('b', 'b', { ino: 2 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(recorded.log.filter((step) => step === `put ${UNIT}/a`)).toHaveLength(1);
  });

  test('in a way that nobody expected is EIO, and shows no signed URL', async () => {
    const { submit, flush, recorded } = owned();
    recorded.fail(
      `put ${UNIT}/a`,
      new Error('lost https://storage.example/bucket/a?Signature=secret&x=1 there'),
    );
    void submit('a', 'a');
    const [failed] = await flush();
    expect(failed?.failure).toMatchObject({
      code: 'EIO',
      cause: 'lost https://storage.example/bucket/a there',
    });
  });
});

describe('an upload whose answer was lost', () => {
  test('is durable if a fresh look-up shows its MD5: it is not repeated', async () => {
    const { submit, flush, recorded, content } = owned();
    recorded.fail(`answer ${UNIT}/a`, new Failure('EIO', null, 'ECONNRESET'));
    void submit('a', 'content');
    expect(await flush()).toEqual([]);
    expect(content('a')).toBe('content');
    expect(recorded.counts()).toEqual({ declare: 1, put: 1, lookup: 1, finish: 1 });
  });

  test('has failed if the storage did not take it', async () => {
    const { submit, flush, recorded, content } = owned();
    recorded.memory.write(treePath(`${UNIT}/a`), 'before');
    recorded.fail(`sent ${UNIT}/a`, new Failure('EIO', null, 'ECONNRESET'));
    void submit('a', 'after');
    expect(await flush()).toHaveLength(1);
    expect(content('a')).toBe('before');
    expect(await flush()).toEqual([]);
    expect(content('a')).toBe('after');
  });
});
