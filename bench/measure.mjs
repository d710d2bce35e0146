import { setImmediate as turn } from 'node:timers/promises';

/** What the last sample left is collected before the next one, where Node was started with --expose-gc. */
export async function collect() {
  for (let round = 0; round < 2; round++) {
    globalThis.gc?.();
    await turn();
  }
}

const isSample = (value) =>
  Object.getPrototypeOf(value ?? 0) === Object.prototype &&
  Object.values(value).every((one) => typeof one === 'number');

/**
 * Makes `measure(work)`: does the work, sync or async, and tells `{ ms, cpuMs }`, wall time and CPU time of all threads of this
 * process, with what the server counted meanwhile (see `counted` of server.mjs). If the work returns an object of numbers, they are
 * told with them.
 *
 * @param {{ counted(): Promise<object> } | null} server
 */
export const measuring = (server) => async (work) => {
  await server?.counted();
  const cpu = process.cpuUsage();
  const start = performance.now();
  const more = work();
  const awaited = more instanceof Promise ? await more : more;
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return {
    ms,
    cpuMs: (user + system) / 1000,
    ...(await server?.counted()),
    ...(isSample(awaited) ? awaited : {}),
  };
};
