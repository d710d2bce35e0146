import { useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';

const server = useServer({ latencyMs: 50 });

/** The most PUTs that the storage had at once, of so many small files. */
async function mostAtOnce(concurrency: number | undefined, count: number): Promise<number> {
  const run = await makeRun(server, {});
  const fs = mount(server, { writebackDelay: 60_000, concurrency });
  await fs.promises.mkdir(`${run}/out`);
  await Promise.all(
    Array.from({ length: count }, (_, at) => fs.promises.writeFile(`${run}/out/${at}`, `${at}`)),
  );
  await server.requests({ clear: true });
  await fs.wandb.flush();
  const puts = (await server.requests()).filter(({ method }) => method === 'PUT');
  expect(puts).toHaveLength(count);
  return Math.max(...puts.map(({ inFlight }) => inFlight));
}

test('many small files over latency go more than sixteen at once, and never more than 128', async () => {
  const most = await mostAtOnce(undefined, 200);
  expect(most).toBeGreaterThan(16);
  expect(most).toBeLessThanOrEqual(128);
});

test('`concurrency` is how many go at once', async () => {
  expect(await mostAtOnce(5, 50)).toBe(5);
});
