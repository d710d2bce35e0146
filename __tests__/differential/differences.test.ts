import nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWandbFs } from 'wandb-fs';
import { startServer } from '../helpers/server.js';

/** What the random programs leave out, by the names of the rows in `docs/SEMANTICS.md`. */
test('`.` and `..` in paths: taken as they read, without a look at what they lead through', async () => {
  const server = await startServer();
  await server.seed({ 'team/project/run': { a: 'text' } });
  const fs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey, root: 'team/project/run' });
  const disk = nodeFs.mkdtempSync(join(tmpdir(), 'wandb-fs-dots-'));
  try {
    nodeFs.writeFileSync(join(disk, 'a'), 'text');
    expect(() => nodeFs.readFileSync(`${disk}/missing/../a`)).toThrow(
      expect.objectContaining({ code: 'ENOENT' }),
    );
    expect(fs.readFileSync('/missing/../a', 'utf8')).toBe('text');
    expect(fs.readFileSync('/./a', 'utf8')).toBe('text');
  } finally {
    await fs.wandb.close();
    nodeFs.rmSync(disk, { recursive: true });
  }
});
