import workerThreads, { type MessagePort } from 'node:worker_threads';
import { treePath } from '../../src/contract/tree-path.js';
import { heard, unsubscribeAll } from '../semantics/helpers/channels.js';
import { threaded } from './helpers/threaded.js';

/** What is told in one turn goes in one message; channels of threads themselves have others. */
const held = (message: unknown): number => (Array.isArray(message) ? message.length : 1);

/** What the messages of a new remote hold, as they pass its port. */
function countHeld(): { sent: number; received: number } {
  const counts = { sent: 0, received: 0 };
  const { MessageChannel } = workerThreads;
  jest.spyOn(workerThreads, 'MessageChannel').mockImplementation(() => {
    const channel = new MessageChannel();
    const port: MessagePort = channel.port1;
    const post = port.postMessage.bind(port);
    port.postMessage = (...args: Parameters<typeof post>) => {
      counts.sent += held(args[0]);
      post(...args);
    };
    port.on('message', (message) => {
      counts.received += held(message);
    });
    return channel;
  });
  return counts;
}

afterEach(() => jest.restoreAllMocks());

const PATHS = ['a', 'b', 'c'].map((name) => treePath(`e/p/r/${name}`));

test('where nobody listens, requests cost nothing between the threads; where somebody does, an event each', async () => {
  const counts = countHeld();
  const { remote, ask, events } = await threaded({ files: { a: Buffer.from('a') } });
  const look = async (): Promise<{ sent: number; received: number; requests: number }> => {
    const before = { ...counts, requests: remote.counters().requests.query.count };
    for (const path of PATHS) await ask('lookup', { path, listing: false });
    return {
      sent: counts.sent - before.sent,
      received: counts.received - before.received,
      requests: remote.counters().requests.query.count - before.requests,
    };
  };
  expect(await look()).toEqual({ sent: 3, received: 3, requests: 3 });
  heard('fault');
  heard('upload');
  expect(await look()).toEqual({ sent: 3, received: 3, requests: 3 });
  heard('request');
  expect(await look()).toEqual({ sent: 3, received: 6, requests: 3 });
  unsubscribeAll();
  expect(await look()).toEqual({ sent: 3, received: 3, requests: 3 });
  expect(events.map(({ type }) => type)).toEqual(['request', 'request', 'request']);
});
