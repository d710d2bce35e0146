import type { UploadEvent } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { heard } from './helpers/channels.js';
import { makeRun, mount } from './helpers/mounts.js';
import { eventually } from './helpers/waiting.js';

const server = useServer(STANDARD);
afterEach(() => server.faults([]));

const BIG = Buffer.alloc(300_000, 'x');

test.each([
  ['in a thread', {}],
  ['in this one', { sync: 'off' } as const],
])('with the owner %s a written file is queued, sent and durable', async (_where, options) => {
  const run = await makeRun(server);
  const events = heard('upload');
  const fs = mount(server, options);
  await fs.promises.writeFile(`${run}/big.bin`, BIG);
  const of = { path: `/${run}/big.bin`, size: BIG.length, error: null };
  expect(events).toEqual([{ ...of, state: 'queued', bytes: 0 }]);
  await fs.wandb.flush();
  expect(events.at(-1)).toEqual({ ...of, state: 'durable', bytes: BIG.length });
  const sending = events.slice(1, -1);
  expect(sending.length).toBeGreaterThan(0);
  let before = 0;
  for (const event of sending) {
    expect(event).toEqual({ ...of, state: 'sending', bytes: expect.any(Number) });
    expect(event.bytes).toBeGreaterThanOrEqual(before);
    before = event.bytes ?? 0;
  }
  expect(before).toBe(BIG.length);
});

test('newer content that comes first, and a removal, drop what was queued', async () => {
  const run = await makeRun(server);
  const events = heard('upload');
  const fs = mount(server, { writebackDelay: 60_000 });
  await fs.promises.writeFile(`${run}/a.txt`, 'old');
  await fs.promises.writeFile(`${run}/a.txt`, 'newer');
  await fs.promises.writeFile(`${run}/b.txt`, 'b');
  await fs.promises.unlink(`${run}/b.txt`);
  await fs.wandb.flush();
  const statesOf = (name: string) =>
    events.filter(({ path }) => path === `/${run}/${name}`).map(({ state, size }) => [state, size]);
  expect(statesOf('a.txt').filter(([state]) => state !== 'sending')).toEqual([
    ['queued', 3],
    ['queued', 5],
    ['dropped', null],
    ['durable', 5],
  ]);
  expect(statesOf('b.txt')).toEqual([
    ['queued', 1],
    ['dropped', null],
  ]);
});

test('an upload that fails tells why, and goes again', async () => {
  const run = await makeRun(server);
  await server.faults([{ match: { side: 'storage', method: 'PUT' }, status: 403, times: 2 }]);
  const events = heard('upload');
  const fs = mount(server);
  fs.wandb.uploads.on('failed', () => {});
  await fs.promises.writeFile(`${run}/a.txt`, 'a');
  await fs.wandb.flush().catch(() => {});
  await fs.wandb.flush();
  const states = events.filter(({ state }) => state !== 'sending');
  // The second flush hands it over anew.
  expect(states.map(({ state }) => state)).toEqual(['queued', 'failed', 'queued', 'durable']);
  expect(states[1]).toEqual({
    ...{ path: `/${run}/a.txt`, state: 'failed', bytes: null, size: null },
    error: expect.stringMatching(/^E[A-Z]+$/),
  });
});

test('who subscribes while a file waits hears of the rest of its way', async () => {
  const run = await makeRun(server);
  const fs = mount(server, { writebackDelay: 60_000 });
  await fs.promises.writeFile(`${run}/a.txt`, 'a');
  const events = heard('upload');
  await fs.wandb.flush();
  const states = await eventually(
    async () => events.map(({ state }) => state),
    (told) => told.at(-1) === 'durable',
  );
  expect(states).not.toContain('queued' satisfies UploadEvent['state']);
});
