import { setTimeout as sleep } from 'node:timers/promises';

/** Looks again and again until something holds; fails after `withinMs`, telling what was seen last. */
export async function eventually<T>(
  look: () => Promise<T>,
  isSo: (seen: T) => boolean,
  withinMs = 5000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`After ${withinMs} ms it was still ${JSON.stringify(seen)}.`);
    await sleep(10);
  }
}

/** The content of a run's file on the server as text; undefined while there is none. */
export const contentOn = async (
  server: { files(run: string): Promise<Readonly<Record<string, Uint8Array>>> },
  run: string,
  name: string,
): Promise<string | undefined> => {
  const bytes = (await server.files(run))[name];
  return bytes && Buffer.from(bytes).toString();
};
