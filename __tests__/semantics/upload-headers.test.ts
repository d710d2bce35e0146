import { startServer } from '../helpers/server.js';
import { connect, makeRun } from './helpers/mounts.js';

test("an upload carries the headers that the server wants, such as Azure's kind of blob, and is refused without", async () => {
  const server = await startServer({ finalize: 'put', uploadHeaders: ['x-ms-blob-type: BlockBlob'] });
  const run = await makeRun(server, {});
  const fs = connect(server);
  try {
    await fs.promises.writeFile(`${run}/a.txt`, 'text', { flush: true });
    expect(Buffer.from((await server.files(run))['a.txt'] ?? []).toString()).toBe('text');
  } finally {
    await fs.wandb.close();
  }
});
