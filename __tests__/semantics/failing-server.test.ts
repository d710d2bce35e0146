import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';
import { errorOf, errorsOf } from './helpers/styles.js';

const server = useServer();
let run: string;
beforeEach(async () => {
  run = await makeRun(server, { 'file.txt': 'old' });
});
afterEach(() => server.faults([]));

describe('a server that can not be had', () => {
  test('is not there: ECONNREFUSED, with its address', async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const url = `http://127.0.0.1:${port}`;
    const fs = mount({ url, apiKey: server.apiKey }, { timeout: 1000 });
    for (const error of await errorsOf(fs, 'readFile', `${run}/file.txt`)) {
      expect(error).toMatchObject({ code: 'ECONNREFUSED', syscall: 'open', path: `${run}/file.txt` });
      expect(error.message).toContain(url);
      expect(error.message).toContain('baseUrl');
    }
  });

  test('answers with a web page: EPROTO, with what to check', async () => {
    const fs = mount(server);
    await server.faults([
      { times: Infinity, body: '<!doctype html><p>Welcome</p>', headers: { 'content-type': 'text/html' } },
    ]);
    for (const error of await errorsOf(fs, 'readdir', run)) {
      expect(error.code).toBe('EPROTO');
      expect(error.message).toContain(server.url);
      expect(error.message).toContain('baseUrl');
    }
  });

  test('answers 404 with a web page, as other hosts do: EPROTO, not ENOENT', async () => {
    const fs = mount(server);
    await server.faults([
      { times: Infinity, status: 404, body: '<h1>404</h1>', headers: { 'content-type': 'text/html' } },
    ]);
    for (const error of await errorsOf(fs, 'stat', `${run}/file.txt`)) expect(error.code).toBe('EPROTO');
    // Not "no": nobody was there to say so.
    expect(await errorOf(() => fs.promises.access(`${run}/file.txt`))).toMatchObject({ code: 'EPROTO' });
  });

  test('answers with GraphQL errors: EIO, with their words', async () => {
    const fs = mount(server);
    await server.faults([{ times: Infinity, graphqlError: 'internal: the database is on fire' }]);
    for (const error of await errorsOf(fs, 'readdir', run)) {
      expect(error.code).toBe('EIO');
      expect(error.message).toContain('the database is on fire');
    }
  });

  test('refuses permission: EACCES, with its words', async () => {
    const fs = mount(server);
    await server.faults([{ times: Infinity, graphqlError: 'permission denied' }]);
    for (const error of await errorsOf(fs, 'readdir', run)) {
      expect(error.code).toBe('EACCES');
      expect(error.message).toContain('permission denied');
    }
  });

  test('is overloaded for longer than `timeout`: EIO, and the next call asks again', async () => {
    const fs = mount(server, { timeout: 500 });
    await server.faults([{ times: Infinity, status: 503, body: 'busy' }]);
    const error = await errorOf(() => fs.promises.readdir(run));
    expect(error.code).toBe('EIO');
    expect(error.message).toContain(server.url);
    await server.faults([]);
    expect(await fs.promises.readdir(run)).toEqual(['file.txt']);
  });

  test('does not answer: ETIMEDOUT', async () => {
    const fs = mount(server, { timeout: 300 });
    await server.faults([{ times: Infinity, delayMs: 2000 }]);
    expect(await errorOf(() => fs.promises.readdir(run))).toMatchObject({ code: 'ETIMEDOUT' });
    await server.faults([]);
  });

  test('stumbles once: 500, 502, 503, a cut connection are tried again without a word', async () => {
    for (const fault of [
      { status: 500 },
      { status: 502, body: '<html>' },
      { status: 503 },
      { drop: 'before' },
    ] as const) {
      const fs = mount(server);
      await server.faults([fault]);
      expect(await fs.promises.readFile(`${run}/file.txt`, 'utf8')).toBe('old');
    }
  });
});

describe('changes of names that the server refuses', () => {
  test.each([
    ['unlink', 'deleteFiles', (path: string) => [path]],
    ['rm', 'deleteFiles', (path: string) => [path]],
  ] as const)('%s fails, and the file is there as before', async (name, operation, parameters) => {
    const fs = mount(server);
    await server.faults([{ match: { operation }, times: Infinity, graphqlError: 'permission denied' }]);
    for (const error of await errorsOf(fs, name, ...parameters(`${run}/file.txt`)))
      expect(error).toMatchObject({ code: 'EACCES' });
    expect(await fs.promises.readFile(`${run}/file.txt`, 'utf8')).toBe('old');
    fs.wandb.refresh();
    expect(await fs.promises.readdir(run)).toEqual(['file.txt']);
  });

  test('rename fails, and nothing has moved', async () => {
    const fs = mount(server);
    await server.faults([{ match: { method: 'PUT' }, times: Infinity, status: 403 }]);
    expect(await errorOf(() => fs.promises.rename(`${run}/file.txt`, `${run}/new.txt`))).toMatchObject({
      syscall: 'rename',
      path: `${run}/file.txt`,
      dest: `${run}/new.txt`,
    });
    expect(await fs.promises.readdir(run)).toEqual(['file.txt']);
    expect(Object.keys(await server.files(run))).toEqual(['file.txt']);
    await server.faults([]);
    await fs.promises.rename(`${run}/file.txt`, `${run}/new.txt`);
    expect(await fs.promises.readdir(run)).toEqual(['new.txt']);
  });

  test('mkdir of a run fails, and there is none', async () => {
    const fs = mount(server);
    await server.faults([
      { match: { operation: 'upsertBucket' }, times: Infinity, graphqlError: 'permission denied' },
    ]);
    for (const error of await errorsOf(fs, 'mkdir', 'team/project/refused'))
      expect(error).toMatchObject({ code: 'EACCES', syscall: 'mkdir' });
    expect(fs.existsSync('team/project/refused')).toBe(false);
  });
});
