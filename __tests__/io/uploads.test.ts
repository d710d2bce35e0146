import { createHash } from 'node:crypto';
import { treePath } from '../../src/contract/tree-path.js';
import { hand } from './helpers/handed.js';
import { owned, refused, turns, UNIT } from './helpers/owned.js';

describe('write-back', () => {
  test('500 files go by one declare, 500 PUTs and one finish', async () => {
    const { submit, flush, recorded, eventsOf } = owned();
    for (let ino = 1; ino <= 500; ino++) void submit(`${ino}.txt`, 'x'.repeat(1024), { ino });
    expect(await flush()).toEqual([]);
    expect(recorded.counts()).toEqual({ declare: 1, put: 500, finish: 1 });
    expect(eventsOf('uploaded')).toHaveLength(500);
  });

  test('rewriting a file 10 times within the delay is one PUT of the last content', async () => {
    const { submit, flush, recorded, content } = owned();
    for (let generation = 1; generation <= 10; generation++)
      void submit('a', `content ${generation}`, { generation });
    await flush();
    expect(recorded.counts()).toEqual({ declare: 1, put: 1, finish: 1 });
    expect(content('a')).toBe('content 10');
  });

  test('goes by itself when nothing was submitted for the delay', async () => {
    const { submit, recorded, content } = owned({ writebackDelay: 50 });
    await submit('a', 'first', { ino: 1 });
    await new Promise((resolve) => setTimeout(resolve, 30));
    await submit('b', 'second', { ino: 2 });
    expect(recorded.log).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect([content('a'), content('b')]).toEqual(['first', 'second']);
    expect(recorded.counts()).toEqual({ declare: 1, put: 2, finish: 1 });
  });

  test('goes although something is submitted again and again', async () => {
    const { submit, content } = owned({ writebackDelay: 20 });
    for (let generation = 1; content('a') === null; generation++) {
      expect(generation).toBeLessThan(200);
      await submit('a', 'x', { generation });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });

  test('of two units takes one batch each', async () => {
    const { ask, flush, recorded } = owned({ directories: [treePath(UNIT), treePath('e/p/s')] });
    for (const [ino, path] of [`${UNIT}/a`, `${UNIT}/b`, 'e/p/s/a'].entries()) {
      void ask('submit', { ino, generation: 1, path: treePath(path), source: hand('x') });
    }
    await flush();
    expect(recorded.counts()).toEqual({ declare: 2, put: 3, finish: 2 });
  });

  test('a large file does not hold back the durability of the small ones beside it', async () => {
    const { submit, flush, recorded, eventsOf } = owned();
    const slow = recorded.gate(`put ${UNIT}/large`);
    void submit('large', 'xx', { ino: 1 });
    void submit('small', 'x', { ino: 2 });
    const flushed = flush();
    await flush([2]);
    expect(eventsOf('uploaded')).toMatchObject([{ path: `${UNIT}/small` }]);
    slow.open();
    await flushed;
    expect(recorded.counts()).toEqual({ declare: 1, put: 2, finish: 2 });
  });
});

describe('an upload that is done', () => {
  test('is told with the entry that the listing shows', async () => {
    const { submit, flush, eventsOf, ask } = owned({ finalize: 'mark' });
    void submit('a', 'hello', { ino: 7, generation: 3 });
    await flush();
    const { found } = await ask('lookup', { path: treePath(`${UNIT}/a`), listing: false });
    const md5 = createHash('md5').update('hello').digest('base64');
    expect(found).toMatchObject({ size: 5, md5, version: `md5:${md5}` });
    expect(eventsOf('uploaded')).toMatchObject([
      {
        path: `${UNIT}/a`,
        ino: 7,
        generation: 3,
        entry: { kind: 'file', size: 5, md5, version: `md5:${md5}` },
      },
    ]);
  });

  test('is told before the flush that waited for it returns, and idle after the last', async () => {
    const { submit, flush, events } = owned();
    void submit('a', 'a', { ino: 1 });
    void submit('b', 'b', { ino: 2 });
    await flush();
    expect(events.filter(({ type }) => type !== 'progress').map(({ type }) => type)).toEqual([
      'uploaded',
      'uploaded',
      'idle',
    ]);
  });

  test('was told of on its way', async () => {
    const { submit, flush, eventsOf } = owned();
    void submit('a', '0123456789');
    await flush();
    expect(eventsOf('progress')).toMatchObject([
      { path: `${UNIT}/a`, ino: 1, sent: 5, size: 10 },
      { sent: 10, size: 10 },
    ]);
  });
});

describe('a flush', () => {
  test('of one file waits for that file only, and for nothing submitted later', async () => {
    const { submit, flush, recorded, content } = owned();
    void submit('a', 'a', { ino: 1 });
    void submit('b', 'b', { ino: 2 });
    const gate = recorded.gate(`sent ${UNIT}/b`);
    const flushed = flush([2]);
    await gate.reached;
    void submit('b', 'b, rewritten', { ino: 2, generation: 2 });
    gate.open();
    await flushed;
    expect([content('a'), content('b')]).toEqual([null, 'b']);
    await flush();
    expect([content('a'), content('b')]).toEqual(['a', 'b, rewritten']);
  });

  test('that finds an upload on its way, which fails then, tries once more: the trouble may be over', async () => {
    const { submit, flush, recorded, content } = owned({ writebackDelay: 0 });
    const gate = recorded.gate(`put ${UNIT}/a`);
    recorded.fail(`put ${UNIT}/a`, refused);
    await submit('a', 'content');
    await gate.reached;
    const flushed = flush();
    gate.open();
    expect(await flushed).toEqual([]);
    expect(content('a')).toBe('content');
  });

  test('with nothing to do returns at once', async () => {
    const { flush, recorded } = owned();
    expect(await flush()).toEqual([]);
    expect(await flush([1, 2])).toEqual([]);
    expect(recorded.log).toEqual([]);
  });
});

describe('rewriting a file that is on its way', () => {
  test('aborts it while its body is incomplete, and sends the new content', async () => {
    const { submit, flush, recorded, content, eventsOf } = owned();
    const gate = recorded.gate(`put ${UNIT}/a`);
    void submit('a', 'old', { generation: 1 });
    void flush();
    await gate.reached;
    void submit('a', 'new', { generation: 2 });
    await flush();
    expect(content('a')).toBe('new');
    expect(recorded.log).not.toContain(`answer ${UNIT}/a`.repeat(2));
    expect(recorded.log.filter((step) => step.startsWith('answer'))).toHaveLength(1);
    expect(eventsOf('uploaded')).toMatchObject([{ generation: 2 }]);
  });

  test('waits for its answer once the body is sent: an older content never replaces a newer one', async () => {
    const { submit, flush, recorded, content, eventsOf } = owned();
    const gate = recorded.gate(`sent ${UNIT}/a`);
    void submit('a', 'old', { generation: 1 });
    void flush();
    await gate.reached;
    void submit('a', 'new', { generation: 2 });
    const flushed = flush();
    await turns();
    expect(recorded.counts()).toEqual({ declare: 1, put: 1 });
    gate.open();
    await flushed;
    expect(content('a')).toBe('new');
    expect(recorded.log.filter((step) => !step.startsWith('lookup'))).toEqual(
      ['declare', 'put', 'sent', 'answer', 'finish', 'declare', 'put', 'sent', 'answer', 'finish'].map(
        (method) => `${method} ${UNIT}/a`,
      ),
    );
    expect(eventsOf('uploaded')).toMatchObject([{ generation: 1 }, { generation: 2 }]);
  });

  test('while it is being declared sends the new content only', async () => {
    const { submit, flush, recorded, content } = owned();
    const gate = recorded.gate(`declare ${UNIT}/a`);
    void submit('a', 'old', { generation: 1 });
    void flush();
    await gate.reached;
    void submit('a', 'new', { generation: 2 });
    const flushed = flush();
    gate.open();
    await flushed;
    expect(content('a')).toBe('new');
    expect(recorded.counts()).toMatchObject({ put: 1 });
  });
});
