/** Runs what is measured in a process of its own: a fresh one, or another program. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Runs a program to its end; rejects where it fails.
 *
 * @returns {Promise<{ stdout: string, ms: number }>}
 */
export async function run(command, args, { env = {}, cwd } = {}) {
  const start = performance.now();
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks = { stdout: [], stderr: [] };
  for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => chunks[name].push(chunk));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve(signal ?? status));
  });
  const [stdout, stderr] = [chunks.stdout, chunks.stderr].map((all) => Buffer.concat(all).toString());
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${stderr}${stdout}`);
  return { stdout, ms: performance.now() - start };
}

/** The last line that a program writes is JSON: a sample. */
const sampleOf = ({ stdout, ms }) => ({ ms, ...JSON.parse(stdout.trimEnd().split('\n').at(-1)) });

/** A Node program of bench/programs; its arguments after its name. */
export const program = async (name, args = [], { env, flags = [] } = {}) =>
  sampleOf(
    await run(process.execPath, [...flags, here(`programs/${name}`), ...args.map(String)], {
      env,
      cwd: here('..'),
    }),
  );

/** A Python program of bench/programs, by the interpreter that `WANDB_PYTHON` names. */
export const python = async (name, args = [], { env } = {}) =>
  sampleOf(
    await run(process.env.WANDB_PYTHON, [here(`programs/${name}`), ...args.map(String)], {
      env: { WANDB_SILENT: 'true', WANDB_ERROR_REPORTING: 'false', ...env },
    }),
  );
