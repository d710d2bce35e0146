import nodeFs from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { serveFs } from '../../src/serve/serve-fs.js';
import { makeDirectory } from '../helpers/directories.js';

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
