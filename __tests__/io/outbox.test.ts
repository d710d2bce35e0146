import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { answersTo } from '../../src/io/outbox.js';
import type { Answer } from '../../src/io/protocol.js';

const reply = (id: number, value: unknown): Answer =>
  ({ type: 'reply', id, reply: { ok: true, value } }) as Answer;

function open() {
  const { port1, port2 } = new MessageChannel();
  const counter = new Int32Array(new SharedArrayBuffer(8));
  const outbox = answersTo(port1, counter);
  const received = (): readonly Answer[][] => {
    const messages: Answer[][] = [];
    for (let next = receiveMessageOnPort(port2); next; next = receiveMessageOnPort(port2))
      messages.push(next.message);
    return messages;
  };
  return { outbox, received, count: () => counter[0], [Symbol.dispose]: () => port1.close() };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('what comes in one turn is one message, in its order, and counts as one', async () => {
  using to = open();
  for (let id = 0; id < 100; id++) to.outbox.post(reply(id, null));
  await Promise.resolve();
  to.outbox.post({ type: 'close', id: 1 });
  expect(to.received()).toEqual([]);
  await turn();
  const [message, ...others] = to.received();
  expect(others).toEqual([]);
  expect(message?.map((answer) => ('id' in answer ? answer.id : null))).toEqual([...Array(100).keys(), 1]);
  expect(to.count()).toBe(1);
});

test('what must be the last one is sent at once, behind what waits', async () => {
  using to = open();
  to.outbox.post({ type: 'close', id: 1 });
  to.outbox.post({ type: 'gone', detail: 'over' });
  to.outbox.flush();
  expect(to.received()).toEqual([
    [
      { type: 'close', id: 1 },
      { type: 'gone', detail: 'over' },
    ],
  ]);
  await turn();
  expect(to.received()).toEqual([]);
  expect(to.count()).toBe(1);
});

test('a value that cannot be sent is a failure of its own call, and keeps nothing else back', async () => {
  using to = open();
  const bytes = new Uint8Array([1, 2, 3]);
  to.outbox.post(reply(1, bytes), [bytes.buffer]);
  to.outbox.post(reply(2, () => {}));
  to.outbox.post(reply(3, null));
  await turn();
  const answers = to.received().flat();
  expect(answers).toMatchObject([
    { id: 1, reply: { ok: true, value: new Uint8Array([1, 2, 3]) } },
    { id: 2, reply: { ok: false, failure: { code: 'EIO' } } },
    { id: 3, reply: { ok: true, value: null } },
  ]);
  expect(bytes.byteLength).toBe(0);
  expect(to.count()).toBe(3);
});
