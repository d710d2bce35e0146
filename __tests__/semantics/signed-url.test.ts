import { createWandbArtifactFs, type WandbFs } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { connect } from './helpers/mounts.js';
import { countOf, requestsOf } from './helpers/requests.js';

const RUN = '/team/flowers/abc123';
const COLLECTION = '/team/flowers/dataset/petals';

const server = useServer(STANDARD);
let runs: WandbFs;
let artifacts: WandbFs;
beforeAll(async () => {
  await server.seed({ [RUN.slice(1)]: { 'model/a b.txt': 'of a run', gone: 'x' } });
  const made = await server.seedArtifacts({
    [COLLECTION.slice(1)]: { versions: [{ files: { 'a.txt': 'of a version' } }] },
  });
  const id = Buffer.from(made[COLLECTION.slice(1)]?.versions[0]?.id ?? '', 'base64').toString('hex');
  const references = {
    inside: `wandb-artifact://${id}/a.txt`,
    page: 'https://example.com/page',
    bucket: 's3://bucket/key',
  };
  const asSeed = Object.entries(references).map(([name, ref]) => [name, { ref, digest: 'tag', size: 12 }]);
  await server.seedArtifacts({
    'team/flowers/dataset/links': { versions: [{ references: Object.fromEntries(asSeed) }] },
  });
  runs = connect(server);
  artifacts = createWandbArtifactFs({ baseUrl: server.url, apiKey: server.apiKey });
});
afterAll(async () => {
  await Promise.all([runs.wandb.close(), artifacts.wandb.close()]);
});

/** What somebody without a key gets there. */
async function textAt(address: Promise<string>): Promise<string> {
  const url = await address;
  expect(url).not.toContain(server.apiKey);
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  return answer.text();
}

test('a file of a run, of a version and of an alias can be downloaded there without a key', async () => {
  expect(await textAt(runs.wandb.signedUrl(`${RUN}/model/a b.txt`))).toBe('of a run');
  expect(await textAt(artifacts.wandb.signedUrl(`${COLLECTION}/v0/a.txt`))).toBe('of a version');
  expect(await textAt(artifacts.wandb.signedUrl(`${COLLECTION}/latest/a.txt`))).toBe('of a version');
});

test('each is signed anew, by one request where the file is known', async () => {
  const path = `${RUN}/model/a b.txt`;
  await runs.promises.stat(path);
  const requests = await requestsOf(server, async () => {
    await runs.wandb.signedUrl(path);
    await runs.wandb.signedUrl(path);
  });
  expect(countOf(requests, 'project')).toBe(2);
  expect(requests).toHaveLength(2);
});

test('what was just uploaded has one; what was not sent yet is EBUSY', async () => {
  const path = `${RUN}/new.txt`;
  await runs.promises.writeFile(path, 'new');
  await expect(runs.wandb.signedUrl(path)).rejects.toMatchObject({
    code: 'EBUSY',
    syscall: 'signedUrl',
    path,
    message: expect.stringContaining('flush()'),
  });
  await runs.wandb.flush();
  expect(await textAt(runs.wandb.signedUrl(path))).toBe('new');
});

test('a copy in a draft has that of the version; what was written there has none before it is committed', async () => {
  const draft = `${COLLECTION}/draft`;
  await artifacts.promises.cp(`${COLLECTION}/latest`, draft, { recursive: true });
  await artifacts.promises.writeFile(`${draft}/own.txt`, 'own');
  expect(await textAt(artifacts.wandb.signedUrl(`${draft}/a.txt`))).toBe('of a version');
  await expect(artifacts.wandb.signedUrl(`${draft}/own.txt`)).rejects.toMatchObject({ code: 'EBUSY' });
});

test('a reference has the address that it is, or that of what it leads to in W&B; others are ENOTSUP', async () => {
  const version = '/team/flowers/dataset/links/v0';
  expect(await textAt(artifacts.wandb.signedUrl(`${version}/inside`))).toBe('of a version');
  expect(await artifacts.wandb.signedUrl(`${version}/page`)).toBe('https://example.com/page');
  await expect(artifacts.wandb.signedUrl(`${version}/bucket`)).rejects.toMatchObject({ code: 'ENOTSUP' });
});

test.each([
  ['a directory', `${RUN}/model`, 'EISDIR'],
  ['a run', RUN, 'EISDIR'],
  ['the root', '/', 'EISDIR'],
  ['a file as a directory', `${RUN}/gone/`, 'ENOTDIR'],
  ['what is not there', `${RUN}/nothing`, 'ENOENT'],
  ['a run that is not there', '/team/flowers/nothing/a', 'ENOENT'],
])('there is none of %s', async (_what, path, code) => {
  await expect(runs.wandb.signedUrl(path)).rejects.toMatchObject({ code, syscall: 'signedUrl', path });
});

test('of a file that somebody else has removed it is ENOENT', async () => {
  const path = `${RUN}/gone`;
  await runs.promises.stat(path);
  const other = connect(server);
  await other.promises.unlink(path);
  await other.wandb.close();
  await expect(runs.wandb.signedUrl(path)).rejects.toMatchObject({ code: 'ENOENT', path });
});

test('who gives up waits for none', async () => {
  const path = `${RUN}/model/a b.txt`;
  const controller = new AbortController();
  await server.faults([{ match: { side: 'api' }, delayAnswerMs: 60_000 }]);
  const waiting = runs.wandb.signedUrl(path, { signal: controller.signal });
  const ending = expect(waiting).rejects.toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
  controller.abort();
  await ending;
  await server.faults([]);
  await expect(runs.wandb.signedUrl(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: 'AbortError',
  });
  await expect(runs.wandb.signedUrl(path, { signal: 1 } as object)).rejects.toMatchObject({
    code: 'ERR_INVALID_ARG_TYPE',
  });
});
