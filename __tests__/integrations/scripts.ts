import { join } from 'node:path';
import type { FakeWandb } from 'wandb-fs/testing';
import { packageRoot, run, runWell } from '../helpers/processes.js';

/** What a process is told of a server, as its user would. */
export const environmentOf = ({ url, apiKey }: Pick<FakeWandb, 'url' | 'apiKey'>) => ({
  WANDB_BASE_URL: url,
  WANDB_API_KEY: apiKey,
});

/** Runs a script in a process of its own, in this directory, where the package finds itself by its name. */
export const runScript = (
  flags: readonly string[],
  script: string,
  env: Readonly<Record<string, string>> = {},
) => run(process.execPath, [...flags, '--eval', script], { cwd: packageRoot, env });

/** The same for one that must succeed; what it prints is JSON. */
export async function printedBy(
  flags: readonly string[],
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const args = ['--no-warnings', ...flags, '--eval', script];
  return JSON.parse(await runWell(process.execPath, args, { cwd: packageRoot, env }));
}

export const esm = ['--input-type=module'];

export const major = Number.parseInt(process.versions.node, 10);

export const distFile = (path: string): string => join(packageRoot, 'dist', path);
