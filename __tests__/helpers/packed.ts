import { join } from 'node:path';
import { makeDirectory } from './directories.js';
import { packageRoot, runWell } from './processes.js';

/**
 * The file that `npm pack` makes of what is built. `WANDB_FS_PACKED` names one that is there: continuous integration looks at
 * one from all sides, for packing takes two seconds of a core.
 */
export async function packed(): Promise<string> {
  const { WANDB_FS_PACKED } = process.env;
  if (WANDB_FS_PACKED) return WANDB_FS_PACKED;
  const directory = await makeDirectory();
  // Building it again would take it away from tests that run beside this one.
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', directory];
  const [{ filename }] = JSON.parse(await runWell('npm', pack, { cwd: packageRoot })) as [
    { filename: string },
  ];
  return join(directory, filename);
}
