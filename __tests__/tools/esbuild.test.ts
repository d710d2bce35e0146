import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { packageRoot, runWell } from '../helpers/processes.js';
import { STANDARD, startServer } from '../helpers/server.js';

test('a program that esbuild has split into chunks reads files', async () => {
  const server = await startServer(STANDARD);
  await server.seed({ 'team/project/run': { a: 'text' } });
  const outdir = join(packageRoot, `.split-${process.pid}`);
  try {
    await build({
      stdin: {
        contents: `
          import { createWandbFs } from 'wandb-fs';
          const wandb = createWandbFs({ sync: 'off' });
          console.log(await wandb.promises.readFile('team/project/run/a', 'utf8'));
          await wandb.wandb.close();`,
        resolveDir: packageRoot,
      },
      outdir,
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      banner: {
        js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
      },
    });
    const env = { WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey };
    await expect(
      runWell(process.execPath, [join(outdir, 'stdin.js')], { cwd: packageRoot, env }),
    ).resolves.toBe('text\n');
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
});
