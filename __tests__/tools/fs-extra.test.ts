import nodeFs from 'node:fs';
import { join } from 'node:path';
import { packageRoot, runWell } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { costOf, requestsOf } from '../semantics/helpers/requests.js';
import { layOut, makeTwins, rebased, textsBelow, textsOn } from './helpers/twins.js';

const FILES = {
  'config.json': JSON.stringify({ lr: 0.1 }),
  'media/1.txt': 'one',
  'media/deep/2.txt': 'two',
  'old.txt': 'old',
};

/** fs-extra by its promises and its sync calls; what it told. `directory` and `outside` are given by the caller. */
const WORK = `
  const at = (name) => path.join(directory, name);
  const told = [
    await fsExtra.pathExists(at('config.json')),
    fsExtra.pathExistsSync(at('missing')),
    await fsExtra.readJson(at('config.json')),
  ];
  await fsExtra.copy(at('media'), at('copied'));
  await fsExtra.copy(at('media/1.txt'), at('old.txt'), { preserveTimestamps: true });
  fsExtra.copySync(at('media'), at('copied-sync'), { filter: (from) => !from.endsWith('2.txt') });
  await fsExtra.outputJson(at('new/deep/out.json'), { value: 1 }, { spaces: 2 });
  fsExtra.outputFileSync(at('new/sync.txt'), 'sync');
  await fsExtra.move(at('new/sync.txt'), at('moved/here.txt'));
  await fsExtra.ensureDir(at('empty/deep'));
  await fsExtra.ensureFile(at('touched.txt'));
  await fsExtra.emptyDir(at('copied/deep'));
  await fsExtra.remove(at('copied-sync'));
  fsExtra.removeSync(at('missing'));
  await fsExtra.copy(at('media'), path.join(outside, 'out'));
  await fsExtra.copy(path.join(outside, 'local'), at('in'));
  const failed = async (work) => {
    try { await work(); return null; } catch (error) { return error.code ?? error.message; }
  };
  told.push(
    await failed(() => fsExtra.copy(at('old.txt'), at('old.txt'))),
    await failed(() => fsExtra.copy(at('media'), at('media/inside'))),
    await failed(() => fsExtra.copy(at('missing'), at('x'))),
    await failed(() => fsExtra.move(at('old.txt'), at('config.json'))),
    await failed(() => fsExtra.readJson(at('missing.json'))),
    (await fsExtra.readdir(directory)).sort(),
  );
  process.stdout.write(JSON.stringify(told));`;

/** In a process of its own: fs-monkey replaces members of the process's `node:fs`. */
async function work(directory: string, outside: string, patch: string): Promise<unknown> {
  const source = `
    const realFs = require('node:fs');
    const path = require('node:path');
    const directory = ${JSON.stringify(directory)};
    const outside = ${JSON.stringify(outside)};
    (async () => {
      ${patch}
      const fsExtra = require('fs-extra');
      ${WORK}
      if (typeof wandb !== 'undefined') await wandb.wandb.close();
    })();`;
  return JSON.parse(await runWell(process.execPath, ['--eval', source], { cwd: packageRoot }));
}

const server = useServer(STANDARD);

test('fs-extra, loaded over an fs that fs-monkey has patched, does in a run what it does on the disk', async () => {
  const { run, mountPoint, disk } = await makeTwins(server, FILES);
  const outside = { run: join(disk, '../for-run'), disk: join(disk, '../for-disk') };
  for (const directory of Object.values(outside)) layOut(directory, { 'local/file.txt': 'local' });
  const options = { baseUrl: server.url, apiKey: server.apiKey, root: run, writebackDelay: 60_000 };
  // The calls alone: fs-monkey assigns constants too, which node:fs holds fast, and gives constructors of streams a volume
  // of memfs as their first argument. (So it can't patch node:fs with node:fs, either.) It knows no `opendir`, by which
  // fs-extra copies directories, and loses what hangs on a member, as `realpath.native`.
  const patch = `
    const { createWandbFs, mountAll } = require('wandb-fs');
    var wandb = createWandbFs(${JSON.stringify(options)});
    const whole = mountAll({ [directory]: wandb }, { ...realFs });
    const isCall = ([name, member]) => typeof member === 'function' && /^[a-z]/.test(name);
    const calls = Object.fromEntries(Object.entries(whole).filter(isCall));
    require('fs-monkey').patchFs({ ...calls, promises: whole.promises }, realFs);
    for (const name of ['opendir', 'opendirSync', 'realpath', 'realpathSync']) realFs[name] = whole[name];`;
  let told: unknown;
  const requests = await requestsOf(server, async () => {
    told = await work(mountPoint, outside.run, patch);
  });
  expect(rebased(told, mountPoint)).toEqual(rebased(await work(disk, outside.disk, ''), disk));
  expect(await textsOn(server, run)).toEqual(await textsBelow(nodeFs, disk));
  expect(await textsBelow(nodeFs, outside.run)).toEqual(await textsBelow(nodeFs, outside.disk));
  // The three files that are read, and the six that are new or changed in the end: each once. Nothing is sent of names
  // that came and went.
  const { gets, puts, others, graphql } = costOf(requests);
  expect({ gets, puts, others }).toEqual({ gets: 3, puts: 6, others: 0 });
  // The listing, an address each, and one upload of all that ends with one mark.
  expect(graphql).toBeLessThanOrEqual(1 + 3 + 2);
});
