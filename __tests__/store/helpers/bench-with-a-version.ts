import { Bench } from './artifacts.js';

/** A bench whose collection has a version already, and which doesn't wait long for a server that fails. */
export async function startWithVersion(): Promise<Bench> {
  const bench = await Bench.start({}, { timeout: 3000 });
  await bench.commit({ before: '1' });
  return bench;
}

/** No version was added to that one. */
export async function expectUnchanged(bench: Bench): Promise<void> {
  expect(await bench.versions()).toEqual({ v0: ['latest'] });
  expect(await bench.files()).toEqual({ before: '1' });
}
