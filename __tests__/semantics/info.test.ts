import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FileInfo, RunInfo, WandbInfo } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { mount } from './helpers/mounts.js';

const RUN = 'team/flowers/abc123';
const HELLO_MD5 = 'XUFAKrxLKna5cZ2REBfFkg==';

const server = useServer(STANDARD);

beforeAll(async () => {
  await server.seed(
    { [RUN]: { 'model/a.txt': 'hello' } },
    {
      displayName: 'eager-fox-1',
      state: 'crashed',
      createdAt: Date.UTC(2026, 0, 2, 3, 4, 5),
      heartbeatAt: Date.UTC(2026, 0, 2, 4, 0, 0),
      tags: ['best', 'night'],
      group: 'sweep-3',
      jobType: 'train',
      description: 'described',
      notes: 'noted',
      config: {
        lr: { value: 0.1, desc: null },
        model: { value: { layers: [1, 2] }, desc: 'what is trained' },
        plain: 7,
        _wandb: { value: { cli_version: '0.30.0' } },
        wandb_version: 1,
      },
      summaryMetrics: { loss: 0.25, _step: 10, nested: { acc: 1 } },
    },
  );
});

async function infoAs<Kind extends WandbInfo['kind']>(kind: Kind, path: string) {
  const info = await mount(server).wandb.info(path);
  if (info.kind !== kind) throw new Error(`it is a ${info.kind}`);
  return info as Extract<WandbInfo, { kind: Kind }>;
}

describe('info of a run', () => {
  test('is what W&B knows of it, in one request behind the look-up', async () => {
    const fs = mount(server);
    await server.requests({ clear: true });
    expect(await fs.wandb.info(`/${RUN}`)).toEqual({
      kind: 'run',
      id: expect.any(String),
      path: `/${RUN}`,
      webUrl: `${server.url}/team/flowers/runs/abc123`,
      name: 'abc123',
      entity: 'team',
      project: 'flowers',
      displayName: 'eager-fox-1',
      state: 'crashed',
      user: { username: 'viewer', name: 'Local Viewer' },
      tags: ['best', 'night'],
      group: 'sweep-3',
      jobType: 'train',
      sweep: null,
      description: 'described',
      notes: 'noted',
      config: { lr: 0.1, model: { layers: [1, 2] }, plain: 7 },
      summary: { loss: 0.25, _step: 10, nested: { acc: 1 } },
      commit: null,
      host: null,
      exitCode: null,
      fileCount: 1,
      createdAt: '2026-01-02T03:04:05.000Z',
      updatedAt: '2026-01-02T04:00:00.000Z',
      heartbeatAt: '2026-01-02T04:00:00.000Z',
    } satisfies RunInfo);
    const asked = (await server.requests({ clear: true })).map(({ operation }) => operation);
    expect(asked).toEqual(['LookUp', 'RunInfo']);
  });

  test('is asked for anew each time, and nothing but that', async () => {
    const fs = mount(server);
    await fs.wandb.info(RUN);
    await server.seed({ [RUN]: {} }, { state: 'finished' });
    await server.requests({ clear: true });
    expect(await fs.wandb.info(RUN)).toMatchObject({ state: 'finished' });
    expect(await server.requests()).toHaveLength(1);
  });

  test('whose config is no JSON is EPROTO that names it', async () => {
    await server.seed({ 'team/broken/b': {} });
    const proxy = createServer((request, response) => {
      const body: Buffer[] = [];
      request.on('data', (chunk: Buffer) => body.push(chunk));
      request.on('end', async () => {
        const { authorization = '' } = request.headers;
        const answer = await fetch(`${server.url}${request.url}`, {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/json' },
          body: Buffer.concat(body),
        });
        response.end((await answer.text()).replace('"config":"{}"', '"config":"{NaN"'));
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = proxy.address() as AddressInfo;
      const fs = mount({ apiKey: server.apiKey, url: `http://127.0.0.1:${port}` });
      await expect(fs.wandb.info('team/broken/b')).rejects.toMatchObject({
        code: 'EPROTO',
        message: expect.stringContaining("config of the run 'b'"),
      });
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
  });
});

test('info of a file tells its size, digest, type and times', async () => {
  expect(await infoAs('file', `${RUN}/model/a.txt`)).toMatchObject({
    size: 5,
    digest: HELLO_MD5,
    digestAlgorithm: 'MD5',
    md5: HELLO_MD5,
    mimetype: 'text/plain',
    updatedAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
    reference: null,
    isPending: false,
    path: `/${RUN}/model/a.txt`,
  } satisfies Partial<FileInfo>);
});

test('info of a file that is still to be uploaded is what is known here; then it is what was uploaded', async () => {
  const fs = mount(server, { writebackDelay: 60_000 });
  await fs.promises.writeFile(`${RUN}/new.txt`, 'hello');
  expect(await fs.wandb.info(`${RUN}/new.txt`)).toMatchObject({ size: 5, md5: null, isPending: true });
  await fs.wandb.flush();
  expect(await fs.wandb.info(`${RUN}/new.txt`)).toMatchObject({ size: 5, md5: HELLO_MD5, isPending: false });
});

test('info of what stands above, and of a directory in a run', async () => {
  expect(await infoAs('root', '/')).toMatchObject({ path: '/' });
  expect(await infoAs('entity', 'team')).toMatchObject({ name: 'team', isTeam: true });
  expect(await infoAs('project', 'team/flowers')).toMatchObject({
    name: 'flowers',
    entity: 'team',
    runCount: 1,
    user: { username: 'viewer' },
  });
  expect(await infoAs('directory', `${RUN}/model`)).toEqual({
    kind: 'directory',
    path: `/${RUN}/model`,
    webUrl: `${server.url}/team/flowers/runs/abc123/files/model`,
  });
});

test('info tells paths as the mount shows them', async () => {
  const fs = mount(server, { mountPoint: '/wandb', root: 'team/flowers' });
  expect(await fs.wandb.info('/wandb/abc123')).toMatchObject({ kind: 'run', path: '/wandb/abc123' });
  expect(await fs.wandb.info('/wandb')).toMatchObject({ kind: 'project', path: '/wandb' });
});

test('info of what is not there is ENOENT', async () => {
  const fs = mount(server);
  for (const path of ['nobody', 'team/no', 'team/flowers/no', `${RUN}/no`]) {
    await expect(fs.wandb.info(path)).rejects.toMatchObject({ code: 'ENOENT', syscall: 'info', path });
  }
});
