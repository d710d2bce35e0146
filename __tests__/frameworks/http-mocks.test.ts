import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, run } from '../helpers/processes.js';

const document = readFileSync(join(packageRoot, 'docs/TESTING.md'), 'utf8');
const HEADING = '## Mocks of HTTP';
const section = document.slice(document.indexOf(HEADING));

/** The blocks of code below a heading. */
const codeBelow = (heading: string): string => {
  const from = section.indexOf(`${heading}\n`);
  const [, code] = /```js\n([\s\S]*?)```/.exec(section.slice(from)) ?? [];
  if (from < 0 || code === undefined) throw new Error(`docs/TESTING.md has no code below '${heading}'.`);
  return code;
};
const recipes = [...section.matchAll(/^### (.*)$/gm)].map(([, title = '']) => title);
const work = codeBelow(HEADING);

/** In this directory the package finds itself by its name. */
const execute = (code: string) =>
  run(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', code], {
    cwd: packageRoot,
  });

test('there is a recipe for each', () => {
  expect(recipes).toEqual([
    "A `fetch` of one's own",
    'nock',
    'MSW',
    "undici's MockAgent",
    "undici's SnapshotAgent",
  ]);
});

describe('the recipe for', () => {
  const once = 'text\nv0 5.1,3.5\n\n';

  test.each(recipes)('%s reads, writes and commits', async (recipe) => {
    const ended = await execute(work + codeBelow(`### ${recipe}`));
    const stdout = recipe.includes('Snapshot') ? once + once : once;
    expect(ended).toEqual({ exitCode: 0, stderr: '', stdout });
  });
});

test('what a mock has no answer to fails at once, with an error that names the recipes', async () => {
  const program = `
    import assert from 'node:assert/strict';
    import { http } from 'msw';
    import { setupServer } from 'msw/node';
    import nock from 'nock';
    import { MockAgent, SnapshotAgent } from 'undici';
    import { createWandbFs } from 'wandb-fs';

    const given = { baseUrl: 'https://api.wandb.ai', apiKey: 'k'.repeat(40) };
    async function fails(title, options) {
      const begun = performance.now();
      const error = await createWandbFs({ ...given, ...options }).promises.readdir('team/flowers/run-1').catch((thrown) => thrown);
      const isQuick = performance.now() - begun < 5000;
      console.log(title, error.code, /docs\\/TESTING\\.md/.test(error.message), isQuick || error);
    }
    const agent = new MockAgent();
    agent.disableNetConnect();
    await fails('MockAgent', { dispatcher: agent });
    agent.get('https://api.wandb.ai').intercept({ path: '/other', method: 'GET' }).reply(200);
    await fails('MockAgent, other path', { dispatcher: agent });
    const snapshots = new SnapshotAgent({ mode: 'playback', snapshotPath: '/nowhere/none.json' });
    await snapshots.loadSnapshots().catch(() => snapshots.replaceSnapshots([]));
    await fails('SnapshotAgent', { dispatcher: snapshots });
    await fails('a double', { fetch: () => undefined });
    nock.disableNetConnect();
    await fails('nock', { fetch });
    nock('https://api.wandb.ai').get('/other').reply(200);
    await fails('nock, other path', { fetch });
    nock.restore();
    const mocks = setupServer(http.get('https://elsewhere.example/', () => undefined));
    mocks.listen({ onUnhandledRequest: (_, print) => print.error() });
    console.error = () => {};
    await fails('MSW', { fetch: (...sent) => fetch(...sent) });
    mocks.close();
  `;
  const ended = await execute(program);
  const titles = [
    'MockAgent',
    'MockAgent, other path',
    'SnapshotAgent',
    'a double',
    'nock',
    'nock, other path',
    'MSW',
  ];
  const stdout = titles.map((title) => `${title} EIO true true\n`).join('');
  expect(ended).toEqual({ exitCode: 0, stderr: '', stdout });
});

test('the example of useFakeWandb passes', async () => {
  const [, example] = /```js\n([\s\S]*?)```/.exec(document) ?? [];
  const { exitCode, stdout } = await execute(example ?? '');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/pass 3\n/);
});
