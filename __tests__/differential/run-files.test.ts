import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createWandbFs } from 'wandb-fs';
import { useServer } from '../helpers/server.js';
import { eventually } from '../semantics/helpers/waiting.js';
import { compareWithDisk, type Place, START, textsOf, top, WANTED } from './helpers/programs.js';

const server = useServer();

/** A run, of which everything learned is forgotten before every so many operations. */
async function makeRun(serial: string, forgetEvery: number): Promise<Place> {
  const run = `team/project/run-${serial}`;
  await server.seed({ [run]: START });
  const base = join(top, `w${serial}`);
  const fs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey, mountPoint: base, root: run });
  return {
    fs,
    base,
    between: async (index) => {
      if (forgetEvery === 0 || index % forgetEvery !== 0) return;
      await fs.wandb.flush();
      fs.wandb.refresh();
    },
    check: async (files) => {
      await fs.wandb.flush();
      // A server that finalises late shows the last uploads a little later.
      const stored = async () => textsOf(await server.files(run));
      const isSame = (seen: Readonly<Record<string, string>>) => isDeepStrictEqual(seen, files);
      await eventually(stored, isSame, 2000);
    },
  };
}

describe.each([
  ['warm', 0],
  ['cold: everything learned is forgotten now and then', 5],
])('random programs do to a run what they do to a disk (%s)', (_temperature, forgetEvery) => {
  test('results, errors and the trees that are left', async () => {
    await compareWithDisk((serial) => makeRun(serial, forgetEvery), WANTED / 2);
  }, 3_600_000);
});
