import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FakeWandb } from 'wandb-fs/testing';
import { makeDirectory } from '../helpers/directories.js';
import { environment, packageRoot, run, runWell } from '../helpers/processes.js';

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

/** Loads the files that it is told, and tells what each exports by default, or how it failed. */
const PROGRAM = `
  process.on('message', (file) =>
    import(file).then(
      ({ default: value }) => process.send({ value }),
      (error) => process.send({ error: error?.stack ?? String(error) }),
    ));`;

interface Program {
  readonly process: ChildProcess;
  /** Where its modules are. */
  readonly directory: string;
}

async function startProgram(
  env: Readonly<Record<string, string>>,
  flags: readonly string[],
): Promise<Program> {
  const directory = await makeDirectory();
  await mkdir(join(directory, 'node_modules'));
  await symlink(packageRoot, join(directory, 'node_modules/wandb-fs'));
  const child = spawn(process.execPath, ['--no-warnings', ...flags, ...esm, '--eval', PROGRAM], {
    cwd: packageRoot,
    env: environment(env),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return { process: child, directory };
}

/**
 * One process for the tests of a file that leave it as it was: each runs a module of its own in it, and gets what that
 * exports by default, as JSON.
 */
export function useProgram(env: () => Readonly<Record<string, string>>, flags: readonly string[] = []) {
  let program: Promise<Program> | null = null;
  let modules = 0;
  afterAll(async () => {
    const child = (await program)?.process;
    if (!child?.connected) return;
    const ended = once(child, 'exit');
    child.disconnect();
    const [code] = await ended;
    if (code !== 0) throw new Error(`The process ended with ${code}.`);
  });
  return async (source: string): Promise<unknown> => {
    program ??= startProgram(env(), flags);
    const { process: child, directory } = await program;
    const file = join(directory, `${modules++}.mjs`);
    await writeFile(file, source);
    const told = new AbortController();
    const ended = once(child, 'exit', told).then(([code]) => [{ error: `The process ended with ${code}.` }]);
    child.send(file);
    const [{ value, error }] = await Promise.race([once(child, 'message', told), ended]).finally(() =>
      told.abort(),
    );
    if (error !== undefined) throw new Error(error);
    return value;
  };
}
