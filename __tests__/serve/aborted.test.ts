import nodeFs from 'node:fs';
import { get, request } from 'node:http';
import { join } from 'node:path';
import { serveFs } from '../../src/serve/serve-fs.js';
import { makeDirectory } from '../helpers/directories.js';
import { ask } from './helpers.js';

it('waits for a slow client, and closes the file when that goes away', async () => {
  const root = await makeDirectory();
  const path = join(root, 'large.bin');
  const size = 256 * 1024 * 1024;
  // Sparse: it costs no disk.
  await nodeFs.promises.writeFile(path, '');
  await nodeFs.promises.truncate(path, size);
  let read = 0;
  let close: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const open = async (opened: string) => {
    const handle = await nodeFs.promises.open(opened);
    const { createReadStream } = handle;
    handle.createReadStream = (options) =>
      createReadStream.call(handle, options).on('data', (chunk) => {
        read += chunk.length;
      });
    const closeHandle = handle.close.bind(handle);
    handle.close = () => closeHandle().then(close);
    return handle;
  };
  const errors: unknown[] = [];
  const fs = { promises: { ...nodeFs.promises, open } };
  const served = await serveFs(fs as typeof nodeFs, { root, onError: (error) => errors.push(error) });
  try {
    get(`${served.url}large.bin`, (response) => {
      response.once('data', () => response.destroy());
    }).on('error', (error) => errors.push(error));
    await closed;
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(size / 2);
    expect(errors).toEqual([]);
  } finally {
    await served.close();
  }
});

it('a client that goes away while it still asks has not failed', async () => {
  const errors: unknown[] = [];
  const root = await makeDirectory();
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const realpath = async (path: string) => {
    begin();
    return nodeFs.promises.realpath(path);
  };
  const fs = { promises: { ...nodeFs.promises, realpath } };
  const options = { root, webdav: true, onError: (error: unknown) => errors.push(error) };
  const served = await serveFs(fs as typeof nodeFs, options);
  try {
    const headers = { depth: '0', 'content-length': '1000' };
    const asked = request(served.url, { method: 'PROPFIND', headers, agent: false });
    const gone = new Promise((resolve) => asked.once('close', resolve));
    asked.on('error', (error: NodeJS.ErrnoException) => expect(error.code).toBe('ECONNRESET'));
    asked.write('<propfind');
    await begun;
    asked.destroy();
    await gone;
    // Behind that, so that the server has seen it.
    expect(await ask(served.url, '/')).toMatchObject({ status: 200 });
  } finally {
    await served.close();
  }
  expect(errors).toEqual([]);
});
