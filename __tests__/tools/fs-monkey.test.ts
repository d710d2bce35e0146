import { packageRoot, runWell } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { costOf, requestsOf } from '../semantics/helpers/requests.js';
import { makeTwins, rebased } from './helpers/twins.js';

const MODULES = {
  'package.json': JSON.stringify({ name: 'app' }),
  'lib/main.js': [
    "const settings = require('./settings.json');",
    "module.exports = { settings, greeting: require('greet')('W&B'), file: __filename };",
  ].join('\n'),
  'lib/settings.json': JSON.stringify({ lr: 0.1 }),
  'node_modules/greet/package.json': JSON.stringify({ name: 'greet', main: 'lib/greet.js' }),
  'node_modules/greet/lib/greet.js': "module.exports = (whom) => 'Hello, ' + whom;",
};

/** What a process tells that requires a module, after `prepare`. */
async function requireIn(directory: string, prepare: string): Promise<unknown> {
  const source = `
    const directory = ${JSON.stringify(directory)};
    ${prepare}
    process.stdout.write(JSON.stringify(require(directory + '/lib/main.js')));`;
  return rebased(
    JSON.parse(await runWell(process.execPath, ['--eval', source], { cwd: packageRoot })),
    directory,
  );
}

const server = useServer(STANDARD);

test('after patchRequire modules are required out of a run, by sync calls: one listing, and each file once', async () => {
  const { run, mountPoint, disk } = await makeTwins(server, MODULES);
  const options = { baseUrl: server.url, apiKey: server.apiKey, root: run };
  const prepare = `
    const { createWandbFs, mountAll } = require('wandb-fs');
    const tree = createWandbFs(${JSON.stringify(options)});
    require('fs-monkey').patchRequire(mountAll({ [directory]: tree }, { ...require('node:fs') }));`;
  let told: unknown;
  const requests = await requestsOf(server, async () => {
    told = await requireIn(mountPoint, prepare);
  });
  expect(told).toEqual(await requireIn(disk, ''));
  expect(told).toMatchObject({ greeting: 'Hello, W&B', file: '/base/lib/main.js' });
  const { graphql, gets, ...rest } = costOf(requests);
  expect(rest).toEqual({ featureQueries: 0, puts: 0, others: 0 });
  // main.js, settings.json, greet.js and the package.json that leads to it; what is beside them may be read ahead.
  expect(gets).toBeGreaterThanOrEqual(4);
  const read = requests.filter(({ side }) => side === 'storage').map(({ path }) => path);
  expect(new Set(read).size).toBe(read.length);
  expect(graphql).toBeLessThanOrEqual(1 + 4);
});
