import type { FakeWandb } from 'wandb-fs/testing';
import { type Finished, packageRoot, run } from '../helpers/processes.js';

/**
 * Runs a script that has `fs`, made by `createWandbFs(options)` for the server and the run `RUN`, in a process of its
 * own; it is ended, and told by a rejection, if it doesn't end by itself.
 */
export async function runScript(
  server: Pick<FakeWandb, 'url' | 'apiKey'>,
  wandbRun: string,
  script: string,
  options: Readonly<Record<string, unknown>> = {},
): Promise<Finished & { readonly ms: number }> {
  const source = `
    import { createWandbFs } from 'wandb-fs';
    const RUN = ${JSON.stringify(wandbRun)};
    const fs = createWandbFs(${JSON.stringify(options)});
    ${script}`;
  const begin = Date.now();
  const finished = await run(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: packageRoot,
    env: { WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey },
  });
  return { ...finished, ms: Date.now() - begin };
}
