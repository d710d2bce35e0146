/**
 * Counts the sources that one `readFile` passes, a cold one and a warm one: those in which a function is called, by V8's
 * coverage. So far does a stranger have to read who follows one call. The owner of the remote runs in this thread, so that
 * its files count too.
 *
 *     node scripts/files-passed.mjs [--list] [--most-cold 50] [--most-warm 18]
 *
 * The package must be built.
 */
import { Session } from 'node:inspector/promises';
import { parseArgs } from 'node:util';
import { startFakeWandb } from 'wandb-fs/testing';
// The entry's modules, one file each: 'wandb-fs' itself is made of few.
import { createWandbFs } from '../dist/esm/node/create-fs.js';

const { values } = parseArgs({
  options: {
    list: { type: 'boolean', default: false },
    'most-cold': { type: 'string', default: 'Infinity' },
    'most-warm': { type: 'string', default: 'Infinity' },
  },
});
const built = new URL('../dist/esm/', import.meta.url).href;

async function filesPassed(session, work) {
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  await work();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  await session.post('Profiler.stopPreciseCoverage');
  return result
    .filter(({ url }) => url.startsWith(built) && !url.startsWith(`${built}testing/`))
    .filter(({ functions }) =>
      functions.some(({ functionName, ranges }) => functionName !== '' && ranges[0].count > 0),
    )
    .map(({ url }) => url.slice(built.length))
    .sort();
}

function tell(what, files, most) {
  console.log(`a ${what} readFile passes ${files.length} files`);
  if (values.list) for (const file of files) console.log(`  ${file}`);
  if (files.length <= most) return;
  console.error(`At most ${most} are wanted.`);
  process.exitCode = 1;
}

const wandb = await startFakeWandb();
const session = new Session();
session.connect();
try {
  await wandb.seed({ 'entity/project/run': { 'model.json': '{}' } });
  const fs = createWandbFs({ baseUrl: wandb.url, apiKey: wandb.apiKey, sync: 'off' });
  await session.post('Profiler.enable');
  const read = () => fs.promises.readFile('entity/project/run/model.json');
  tell('cold', await filesPassed(session, read), Number(values['most-cold']));
  tell('warm', await filesPassed(session, read), Number(values['most-warm']));
  await fs.wandb.close();
} finally {
  session.disconnect();
  await wandb.close();
}
