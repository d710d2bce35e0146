import { resolveConfig } from '../../src/config/config.js';
import { treePath } from '../../src/contract/tree-path.js';
import { OwnerThread } from '../../src/io/client/owner-thread.js';
import { threadNamed } from './helpers/threaded.js';

const config = resolveConfig({ baseUrl: 'http://127.0.0.1:9', apiKey: 'k'.repeat(40) }, {}).wire.reveal();

test('who waits below one answer gets the others of its message, each once and in order', async () => {
  const told: number[] = [];
  const below: number[][] = [];
  const thread = new OwnerThread(
    threadNamed('several-at-once.mjs'),
    {
      store: { kind: 'runs', config },
      counts: new SharedArrayBuffer(8),
      declared: [],
      writebackDelay: 0,
      concurrency: 1,
    },
    {
      contents: () => {
        throw new Error('nothing was handed over');
      },
      onAnswer: (from, answer) => {
        if (answer.type !== 'reply') throw new Error(answer.type);
        told.push(answer.id);
        // As a blocking call of a listener does.
        if (answer.id === 1) from.receiveAll();
        below.push([...told]);
      },
      onGone: (_, detail) => {
        throw new Error(detail);
      },
      onUnsendable: (_, detail) => {
        throw new Error(detail);
      },
    },
  );
  thread.post({
    type: 'call',
    id: 1,
    method: 'lookup',
    args: { path: treePath('e/p/r/f'), listing: false },
    isPaged: false,
  });
  expect(thread.sleep(0, 20_000)).toBe(true);
  thread.receiveAll();
  expect(told).toEqual([1, 2, 3]);
  // The first was left last: the others were told below it.
  expect(below.at(-1)).toEqual([1, 2, 3]);
  expect(below[0]).toEqual([1, 2]);
  thread.release();
});
