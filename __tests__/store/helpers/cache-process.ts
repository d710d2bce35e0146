import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot, run } from '../../helpers/processes.js';

/** A process that writes, reads and cleans up a cache of content at once with others; resolves to how often it found some. */
export async function playWithCache(directory: string): Promise<number> {
  const module = pathToFileURL(join(packageRoot, 'dist/esm/store/artifacts/cache/objects.js')).href;
  const script = `
    import { createHash } from 'node:crypto';
    import { rm } from 'node:fs/promises';
    import { join } from 'node:path';
    import { ContentCache } from ${JSON.stringify(module)};
    const directory = ${JSON.stringify(directory)};
    const cache = new ContentCache({ directory, limit: null, onFull: (reason) => { throw new Error(reason); } });
    let hits = 0;
    for (let round = 0; round < 300; round++) {
      const bytes = new Uint8Array(Buffer.from(String(round % 7).repeat(50_000)));
      const name = { algorithm: 'md5', digest: createHash('md5').update(bytes).digest('base64') };
      const found = await cache.read(name, bytes.byteLength, { start: 0, end: bytes.byteLength });
      if (found) {
        hits++;
        if (Buffer.compare(found, bytes) !== 0) throw new Error('bad content');
      } else if (round % 2) {
        await cache.add(name, bytes);
      } else {
        for (const start of [0, 25_000]) await cache.addRange(name, 50_000, start, bytes.subarray(start, start + 25_000));
      }
      if (round % 20 === 0) await rm(join(directory, 'obj'), { recursive: true, force: true, maxRetries: 3 });
      if (round % 50 === 0) await rm(join(directory, 'tmp'), { recursive: true, force: true, maxRetries: 3 });
    }
    await cache.close();
    console.log(hits);
  `;
  const { exitCode, stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script], {
    cwd: packageRoot,
  });
  if (exitCode !== 0) throw new Error(stderr);
  return Number(stdout);
}
