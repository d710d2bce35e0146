import { execFile } from 'node:child_process';
import { join } from 'node:path';

export const packageRoot = join(__dirname, '../..');

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The environment of a program that is run by a test: settings of W&B and of Jest on this machine are kept from it. So are
 * certificates, which take Node 20 twice as long as the rest of its start, whether anything needs them or not.
 */
export function environment(added: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      !/^(WANDB_|JEST_|(NODE_OPTIONS|NODE_ENV|NODE_EXTRA_CA_CERTS|NO_COLOR|FORCE_COLOR)$)/.test(name),
  );
  return { ...Object.fromEntries(inherited), ...added };
}

/** As Jest's own processes have it (`scripts/jest-runtime.cjs`): for programs that make requests. */
export const UNOPTIMISED = ['--require', join(packageRoot, 'scripts/unoptimised-parser.cjs')];

/**
 * Runs a program to its end, in `environment()`. One that doesn't end by itself is ended after a minute, or `timeout`
 * milliseconds, and told by a rejection.
 */
export function run(
  program: string,
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly timeout?: number;
  },
): Promise<Finished> {
  const env = environment(options.env);
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      program === process.execPath ? [...UNOPTIMISED, ...args] : args,
      { cwd: options.cwd, env, timeout: options.timeout ?? 60_000 },
      (error, stdout, stderr) => {
        if (child.exitCode === null)
          reject(
            new Error(`${program} ${args.join(' ')} had to be ended.\n${stdout}\n${stderr}`, {
              cause: error,
            }),
          );
        else resolve({ exitCode: child.exitCode, stdout, stderr });
      },
    );
    child.stdin?.end();
  });
}

/** Standard error without what Node 24 says of unionfs, which looks for `F_OK` on every layer. */
export const withoutDeprecations = (stderr: string): string =>
  stderr.replace(/^\(node:\d+\) \[DEP0176\].*\n\(Use `node --trace-deprecation.*\n/m, '');

/** Runs a program that must succeed; resolves to its standard output. */
export async function runWell(...args: Parameters<typeof run>): Promise<string> {
  const { exitCode, stdout, stderr } = await run(...args);
  if (exitCode !== 0) throw new Error(`${args[0]} ended with ${exitCode}.\n${stdout}\n${stderr}`);
  return stdout;
}
