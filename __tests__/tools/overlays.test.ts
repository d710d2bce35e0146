import { join } from 'node:path';
import { createWandbFs } from 'wandb-fs';
import { rollupMounts } from 'wandb-fs/bundlers';
import { useLab } from '../artifacts/helpers/mounts.js';
import { makeDirectory } from '../helpers/directories.js';
import { packageRoot, runWell } from '../helpers/processes.js';
import { STANDARD } from '../helpers/server.js';
import { layOut } from './helpers/twins.js';

/** The disk imports the run, the run imports the artifact, a package and a file of the disk. */
const PROJECT = {
  'package.json': '{ "private": true, "type": "module" }',
  'main.js': "import { text } from '/mounted/run/src/index.js';\nconsole.log(text);\n",
  'absent.js': "import '/mounted/run/src/absent.js';\n",
  'node_modules/greet/package.json': '{ "name": "greet", "type": "module", "exports": "./greet.js" }',
  'node_modules/greet/greet.js': "export const greet = (whom) => 'Hello, ' + whom;\n",
};
const RUN = {
  'src/index.js':
    "import { greet } from 'greet';\nimport { layers } from '../../model/net.js';\nimport { unit } from './unit.js';\nexport const text = greet(layers + unit);\n",
  'src/unit.js': "export const unit = ' layers';\n",
};

const BUNDLERS = ['esbuild', 'rollup', 'rolldown', 'vite', 'webpack'];

const server = useLab(STANDARD);

describe('a build of the disk over a run and a version of an artifact', () => {
  let told: Readonly<Record<string, Readonly<Record<string, string>>>>;

  beforeAll(async () => {
    await server.seed({ 'team/project/run': RUN });
    await server.seedArtifacts({
      'team/project/model/net': { versions: [{ files: { 'net.js': 'export const layers = 3;\n' } }] },
    });
    const directory = await makeDirectory();
    const project = join(directory, 'project');
    layOut(project, PROJECT);
    const { url, apiKey } = server;
    const plan = {
      project,
      out: join(directory, 'out'),
      run: 'team/project/run',
      version: 'team/project/model/net/v0',
      servers: {
        up: { url, apiKey },
        absent: { url, apiKey },
        refusing: { url, apiKey: 'w'.repeat(40) },
        // Nobody listens at the port of discarding.
        down: { url: 'http://127.0.0.1:9', apiKey },
      },
    };
    const script = join(packageRoot, '__tests__/tools/helpers/overlay.mjs');
    told = JSON.parse(await runWell(process.execPath, [script, JSON.stringify(plan)], { cwd: packageRoot }));
  }, 60_000);

  test.each(BUNDLERS)('by %s has all three in it', (name) => {
    expect(told[name]?.up).toBe('Hello, 3 layers\n');
  });

  test.each(BUNDLERS)("by %s fails where a file isn't there, and says which", (name) => {
    expect(told[name]?.absent).toMatch(/^failed: [\s\S]*\/mounted\/run\/src\/absent\.js/);
  });

  test.each(BUNDLERS)('by %s fails with a wrong key, and says that it is the key', (name) => {
    expect(told[name]?.refusing).toMatch(/^failed: [\s\S]*EACCES[\s\S]*key/);
  });

  test.each(BUNDLERS)('by %s fails where the server is down, and says which', (name) => {
    expect(told[name]?.down).toMatch(/^failed: [\s\S]*127\.0\.0\.1:9/);
  });
});

test('what Vite asks for as text is the text', async () => {
  const { url, apiKey } = server;
  await server.seed({ 'team/project/notes': { 'a.txt': 'a "note"' } });
  const run = createWandbFs({ baseUrl: url, apiKey, root: 'team/project/notes' });
  const module = await rollupMounts({ '/mounted/notes': run }).load('/mounted/notes/a.txt?raw');
  expect(module).toBe('export default "a \\"note\\"";');
  await run.wandb.close();
});
