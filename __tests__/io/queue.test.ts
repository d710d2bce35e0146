import { Failure } from '../../src/contract/failure.js';
import { treePath } from '../../src/contract/tree-path.js';
import { UploadQueue } from '../../src/io/upload/queue.js';
import type { Outcome, Upload } from '../../src/io/upload/upload.js';

const UNIT_DEPTH = 1;

function setup() {
  const settled: string[] = [];
  const queue = new UploadQueue({
    unitOf: (path) => treePath(path.split('/').slice(0, UNIT_DEPTH).join('/')),
    onSettled: ({ path, generation }: Upload, outcome: Outcome) =>
      settled.push(`${path}@${generation} ${outcome}`),
  });
  const submit = (path: string, { ino = 1, generation = 1 } = {}): void =>
    queue.submit({
      ino,
      generation,
      path: treePath(path),
      source: { kind: 'held', id: generation, size: 1 },
    });
  const takeAll = (): Upload[] => {
    queue.ripen(null, { isFlush: false });
    return queue.take(100).flat();
  };
  /** The one upload that goes when all may go. */
  const takeOne = (): Upload => {
    const [upload, ...others] = takeAll();
    if (!upload || others.length > 0) throw new Error(`not one upload: ${others.length}`);
    return upload;
  };
  return { queue, settled, submit, takeAll, takeOne };
}

const refused = new Failure('EIO', 'refused');

describe('a queued upload', () => {
  test('goes when it is ripe, not before', () => {
    const { queue, submit } = setup();
    submit('u/a');
    expect(queue.take(100)).toEqual([]);
    queue.ripen(null, { isFlush: false });
    expect(queue.take(100).flat()).toHaveLength(1);
    expect(queue.take(100)).toEqual([]);
  });

  test('is replaced by a later one of its path', () => {
    const { submit, settled, takeAll } = setup();
    for (let generation = 1; generation <= 10; generation++) submit('u/a', { generation });
    expect(takeAll().map(({ generation }) => generation)).toEqual([10]);
    expect(settled).toHaveLength(9);
  });

  test('is replaced by a later one of its inode', () => {
    const { submit, takeAll } = setup();
    submit('u/a', { ino: 7 });
    submit('u/b', { ino: 7, generation: 2 });
    expect(takeAll().map(({ path }) => path)).toEqual(['u/b']);
  });

  test('that replaces one somebody waits for goes as soon as that one would', () => {
    const { queue, submit } = setup();
    submit('u/a');
    queue.ripen([1], { isFlush: true });
    submit('u/a', { generation: 2 });
    expect(queue.take(100).flat()).toMatchObject([{ generation: 2, isWanted: true }]);
  });

  test('goes in one batch with the others of its unit', () => {
    const { queue, submit } = setup();
    ['u/a', 'v/a', 'u/b', 'v/b', 'u/c'].forEach((path, index) => {
      submit(path, { ino: index });
    });
    queue.ripen(null, { isFlush: false });
    expect(queue.take(100).map((batch) => batch.map(({ path }) => path))).toEqual([
      ['u/a', 'u/b', 'u/c'],
      ['v/a', 'v/b'],
    ]);
  });

  test('of one file can be asked for alone', () => {
    const { queue, submit } = setup();
    submit('u/a', { ino: 1 });
    submit('u/b', { ino: 2 });
    queue.ripen([2], { isFlush: true });
    expect(
      queue
        .take(100)
        .flat()
        .map(({ path }) => path),
    ).toEqual(['u/b']);
  });
});

describe('an upload on its way', () => {
  test('is the only one of its path: the next goes when it has settled', () => {
    const { queue, submit, takeOne, takeAll } = setup();
    submit('u/a');
    const first = takeOne();
    submit('u/a', { generation: 2 });
    expect(takeAll()).toEqual([]);
    queue.durable(first);
    expect(takeOne().generation).toBe(2);
  });

  test('is aborted for a newer one while its body is incomplete, and not after', () => {
    const { queue, submit, takeOne } = setup();
    submit('u/a');
    const first = takeOne();
    expect(queue.toAbort(treePath('u/a'))).toBeNull();
    submit('u/a', { generation: 2 });
    expect(queue.toAbort(treePath('u/a'))).toBe(first);
    queue.sent(first);
    expect(queue.toAbort(treePath('u/a'))).toBeNull();
  });

  test('that was aborted for a newer one is gone', () => {
    const { queue, submit, settled, takeOne } = setup();
    submit('u/a');
    const first = takeOne();
    submit('u/a', { generation: 2 });
    queue.aborted(first);
    expect(settled).toEqual(['u/a@1 dropped']);
    expect(takeOne().generation).toBe(2);
  });

  test('that was aborted without a newer one goes again', () => {
    const { queue, submit, takeOne } = setup();
    submit('u/a');
    const first = takeOne();
    queue.leased.add(treePath('u/a'));
    expect(queue.toAbort(treePath('u/a'))).toBe(first);
    queue.aborted(first);
    queue.leased.remove(treePath('u/a'));
    expect(takeOne().generation).toBe(1);
  });

  test('that settled is settled: what is told of it later changes nothing', () => {
    const { queue, submit, settled, takeOne } = setup();
    submit('u/a');
    const first = takeOne();
    queue.durable(first);
    queue.failed(first, refused);
    queue.aborted(first);
    expect(settled).toEqual(['u/a@1 durable']);
    expect(queue.isIdle).toBe(true);
  });
});

describe('a failed upload', () => {
  test('stays with its content, and goes again at the next flush or when its time has come', () => {
    const { queue, submit, settled, takeOne, takeAll } = setup();
    submit('u/a');
    queue.failed(takeOne(), refused);
    expect(settled).toEqual(['u/a@1 failed']);
    expect(queue.queuedAt(treePath('u/a'))).toMatchObject({ state: 'failed', failure: refused });
    expect(queue.isIdle).toBe(true);
    expect(takeAll()).toEqual([]);
    queue.ripen([1], { isFlush: true });
    const again = takeOne();
    expect(again.source).toEqual({ kind: 'held', id: 1, size: 1 });
    queue.failed(again, refused, 500);
    expect(queue.retry(499)).toBe(500);
    expect(queue.take(1)).toEqual([]);
    expect(queue.retry(500)).toBeNull();
    expect(takeOne()).toMatchObject({ failures: 2 });
  });

  test('that goes again by itself is not sent twice when it is handed over again meanwhile', () => {
    const { queue, submit, settled, takeOne, takeAll } = setup();
    submit('u/a');
    queue.failed(takeOne(), refused, 0);
    queue.retry(0);
    const again = takeOne();
    submit('u/a');
    queue.durable(again);
    expect(settled).toEqual(['u/a@1 failed', 'u/a@1 durable']);
    expect(takeAll()).toEqual([]);
  });

  test('is gone if newer content is queued', () => {
    const { queue, submit, settled, takeOne } = setup();
    submit('u/a');
    const first = takeOne();
    submit('u/a', { generation: 2 });
    queue.failed(first, refused);
    expect(settled).toEqual(['u/a@1 dropped']);
    expect(takeOne().generation).toBe(2);
  });

  test('that is handed over again is the same submission, not another one', () => {
    const { queue, submit, settled, takeOne } = setup();
    submit('u/a');
    queue.failed(takeOne(), refused);
    submit('u/a');
    queue.durable(takeOne());
    expect(settled).toEqual(['u/a@1 failed', 'u/a@1 durable']);
  });
});

describe('renaming in the queue', () => {
  test('re-keys what the server was never told of, and replaces what was queued there', () => {
    const { queue, submit, settled, takeOne } = setup();
    submit('u/tmp', { ino: 1 });
    submit('u/a', { ino: 2 });
    expect(queue.rekey(1, treePath('u/tmp'), treePath('u/a'))).toBe(true);
    expect(settled).toEqual(['u/a@1 dropped']);
    expect(takeOne()).toMatchObject({ path: 'u/a', ino: 1 });
    expect(queue.declared.has(treePath('u/tmp'))).toBe(false);
  });

  test('is refused once the name was told to the server', () => {
    const { queue, submit, takeOne } = setup();
    submit('u/tmp');
    queue.failed(takeOne(), refused);
    expect(queue.declared.has(treePath('u/tmp'))).toBe(true);
    expect(queue.rekey(1, treePath('u/tmp'), treePath('u/a'))).toBe(false);
  });

  test('is refused for another inode, and for what is not queued', () => {
    const { queue, submit } = setup();
    submit('u/tmp', { ino: 1 });
    expect(queue.rekey(2, treePath('u/tmp'), treePath('u/a'))).toBe(false);
    expect(queue.rekey(1, treePath('u/other'), treePath('u/a'))).toBe(false);
  });
});

describe('a held path', () => {
  test('keeps what is queued until every holder has released it', () => {
    const { queue, submit, takeAll, takeOne } = setup();
    submit('u/a');
    queue.leased.add(treePath('u/a'));
    queue.leased.add(treePath('u/a'));
    expect(takeAll()).toEqual([]);
    queue.leased.remove(treePath('u/a'));
    expect(takeAll()).toEqual([]);
    queue.leased.remove(treePath('u/a'));
    expect(takeOne().path).toBe('u/a');
  });
});
