import { createWandbArtifactFs, type WandbFs } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { connect, mount } from './helpers/mounts.js';
import { errorOf } from './helpers/styles.js';

const ORGANIZATION = { name: 'Acme', entity: 'acme-org' };

const server = useServer({ ...STANDARD, organizations: [ORGANIZATION] });
let runs: WandbFs;
let artifacts: WandbFs;
beforeAll(async () => {
  await server.seed({ 'team/flowers/a1b2c3': { 'dir/file.txt': 'x' } });
  await server.seedArtifacts({
    'team/flowers/dataset/petals': { versions: [{ files: { 'a.txt': 'petal' }, aliases: ['best'] }] },
    'acme-org/wandb-registry-model/model/net': { versions: [{ files: { w: 'w' } }] },
  });
  runs = connect(server);
  artifacts = createWandbArtifactFs({ baseUrl: server.url, apiKey: server.apiKey });
});
afterAll(async () => {
  await Promise.all([runs.wandb.close(), artifacts.wandb.close()]);
});

const said = async (fs: WandbFs, path: string): Promise<string> => {
  const error = await errorOf(() => fs.promises.readFile(path));
  expect(error).toMatchObject({ code: 'ENOENT', path });
  return error.message;
};

describe('notations of the SDK and the app are understood where they can mean one thing', () => {
  test.each([
    '/team/flowers/dataset/petals:v0/a.txt',
    '/team/flowers/dataset/petals:best/a.txt',
    'wandbas://team/flowers/dataset/petals:latest/a.txt',
    'APP/team/flowers/artifacts/dataset/petals/v0/files/a.txt',
  ])('artifacts: %s', async (path) => {
    const { origin } = new URL(artifacts.wandb.webUrl('/team'));
    expect(await artifacts.promises.readFile(path.replace('APP', origin), 'utf8')).toBe('petal');
  });

  test('the page of a registry is its project', async () => {
    const { origin } = new URL(artifacts.wandb.webUrl('/team'));
    const page = `${origin}/orgs/Acme/registry/model?selectionPath=x`;
    expect(await artifacts.promises.readdir(page)).toEqual(['model']);
  });

  test('the page of a run is the run', async () => {
    const page = runs.wandb.webUrl('/team/flowers/a1b2c3/dir/file.txt');
    expect(new URL(page).pathname).toBe('/team/flowers/runs/a1b2c3/files/dir/file.txt');
    expect(await runs.promises.readFile(page, 'utf8')).toBe('x');
  });

  test("a run may be named 'runs', and hold a file of any name", async () => {
    await runs.promises.mkdir('/team/flowers/runs');
    await runs.promises.writeFile('/team/flowers/runs/a1b2c3', 'mine');
    expect(await runs.promises.readFile('/team/flowers/runs/a1b2c3', 'utf8')).toBe('mine');
    await runs.promises.writeFile('/team/flowers/runs/petals:v0', 'mine');
    expect(await runs.promises.readFile('/team/flowers/runs/petals:v0', 'utf8')).toBe('mine');
    await runs.wandb.flush();
  });
});

describe('elsewhere the error names the right form', () => {
  const forRuns: readonly (readonly [path: string, form: string])[] = [
    ['/team/daisies/runs/a1b2c3', ''],
    ['/runs/a1b2c3', "'/<entity>/<project>/<run>'"],
    ['/team/runs/a1b2c3/x', "'/<entity>/<project>/<run>'"],
    ['/team/flowers/artifacts/dataset/petals/v0', 'createWandbArtifactFs()'],
    ['/team/flowers/petals:v0/a.txt', 'createWandbArtifactFs()'],
    ['/team/flowers/dataset/petals:v0/a.txt', 'createWandbArtifactFs()'],
    ['/team/flowers/dataset/petals/latest/a.txt', 'createWandbArtifactFs()'],
    ['petals:v0', 'createWandbArtifactFs()'],
    ['wandb-artifact://team/flowers/petals:v0/a.txt', "'/team/flowers/<type>/petals/v0/a.txt'"],
    ['wandb-artifact://_id/QXJ0aWZhY3Q6MQ==/a.txt', 'createWandbArtifactFs()'],
    ['wandb-artifact://team/flowers/dataset/petals:v0/a.txt', "'/team/flowers/dataset/petals/v0/a.txt'"],
    [`wandb-artifact://${'41'.repeat(10)}/a.txt`, 'createWandbArtifactFs()'],
    ['/Acme/wandb-registry-model/model/net/v0', 'createWandbArtifactFs()'],
    ['/wandb-registry-model/net:v0', "'/<organization>/wandb-registry-<name>/<type>/<collection>/<version>'"],
    ['https:/wandb.ai/team/flowers', 'two slashes'],
  ];
  test.each(forRuns)('on the tree of runs: %s', async (path, form) => {
    expect(await said(runs, path)).toContain(form);
  });

  test('on the tree of runs: pages of artifacts and registries', async () => {
    const { origin } = new URL(runs.wandb.webUrl('/team'));
    for (const page of ['team/flowers/artifacts/dataset/petals/v0', 'orgs/Acme/registry/model'])
      expect(await said(runs, `${origin}/${page}`)).toContain('createWandbArtifactFs()');
  });

  test("runs are written without 'runs'", async () => {
    await server.seed({ 'team/roses/d4e5f6': {} });
    const message = await said(runs, '/team/roses/runs/d4e5f6/files/dir/x');
    expect(message).toMatch(/Runs are written without 'runs': '\/team\/roses\/d4e5f6\/dir\/x'\.$/);
    expect(await said(runs, '/team/roses/runs')).toMatch(/listed by their project: '\/team\/roses'\.$/);
    const own = mount(server, { root: 'team/roses' });
    expect(await said(own, '/runs/d4e5f6')).toMatch(/without 'runs': '\/d4e5f6'\.$/);
    const copied = mount(server, { root: 'team/roses/runs/d4e5f6' });
    expect(await said(copied, '/dir/x')).toMatch(/without 'runs': 'team\/roses\/d4e5f6'\.$/);
  });

  const forArtifacts: readonly (readonly [path: string, form: string])[] = [
    ['/team/flowers/petals:v0/a.txt', "'/team/flowers/<type>/petals/v0/a.txt'"],
    ['/team/flowers/petals/v0/a.txt', "'/team/flowers/<type>/petals/v0/a.txt'"],
    ['petals:v0', "'/<entity>/<project>/<type>/<collection>/<version>'"],
    ['/team/flowers/artifacts/dataset/petals/v0/files/x', "'/team/flowers/dataset/petals/v0/x'"],
    ['/team/flowers/runs/a1b2c3', 'createWandbFs()'],
    ['wandb-artifact://team/flowers/petals:v0/a.txt', "'/team/flowers/<type>/petals/v0/a.txt'"],
    ['/wandb-registry-model/net:v0', "'/<organization>/wandb-registry-<name>/<type>/<collection>/<version>'"],
    ['/acme-org/wandb-registry-model/net:v0', "'/acme-org/wandb-registry-model/<type>/net/v0'"],
  ];
  test.each(forArtifacts)('on the tree of artifacts: %s', async (path, form) => {
    expect(await said(artifacts, path)).toContain(form);
  });

  test('on the tree of artifacts: pages of runs', async () => {
    expect(await said(artifacts, runs.wandb.webUrl('/team/flowers/a1b2c3'))).toContain('createWandbFs()');
  });

  test('an address of another server names both', async () => {
    const message = await said(runs, 'https://wandb.ai/team/flowers/runs/a1b2c3');
    expect(message).toContain('an address at wandb.ai,');
    expect(message).toContain(`the W&B app at ${new URL(server.url).host}`);
    expect(message).toContain('`baseUrl`');
  });
});
