import { defaultMaxListeners, getEventListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { STANDARD, useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';

const server = useServer(STANDARD);
const names = Array.from({ length: 20 }, (_, index) => `f${index}`);
let run: string;
beforeAll(async () => {
  run = await makeRun(server, Object.fromEntries(names.map((name) => [name, name])));
});
afterEach(() => server.faults([]));

const listening = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

test('of twenty calls that share a signal Node warns as little as of its own, and none is left on it', async () => {
  const { promises } = mount(server);
  const { signal } = new AbortController();
  const all = names.map((name) => promises.readFile(`${run}/${name}`, { signal, encoding: 'utf8' }));
  await nextTurn();
  expect(listening(signal)).toBeGreaterThan(0);
  expect(listening(signal)).toBeLessThanOrEqual(defaultMaxListeners);
  expect(await Promise.all(all)).toEqual(names);
  expect(listening(signal)).toBe(0);
});

test('its abort ends them all', async () => {
  const { promises } = mount(server);
  const controller = new AbortController();
  const { signal } = controller;
  await server.faults([{ delayMs: 60_000, times: 1000 }]);
  const all = names.map((name) => promises.readFile(`${run}/${name}`, { signal }));
  const ended = Promise.allSettled(all);
  await nextTurn();
  controller.abort();
  for (const each of await ended)
    expect(each).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
});
