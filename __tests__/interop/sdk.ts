import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FakeWandb } from 'wandb-fs/testing';

/**
 * A Python that has `wandb==0.30.0` installed. Without one Jest leaves these tests out, and naming them finds no test:
 * an interop suite that ran nothing is a failure, not a success.
 */
const python = process.env.WANDB_PYTHON ?? 'WANDB_PYTHON is not set';

export type Files = Readonly<Record<string, Buffer>>;

export const filesOf = (texts: Readonly<Record<string, string>>): Files =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)]));

/** One thing that the SDK does; see `sdk.py`. */
export interface Step {
  readonly do: string;
  readonly files?: Files;
  readonly [argument: string]: unknown;
}

/**
 * Runs steps in one Python process against a server and returns their results. An SDK error rejects with its text.
 * Nothing of the user's own W&B configuration is seen: the process has a home of its own.
 */
export async function runSdk(
  wandb: FakeWandb,
  steps: readonly Step[],
  options: { readonly cacheDirectory?: string } = {},
): Promise<unknown[]> {
  const home = await mkdtemp(join(tmpdir(), 'wandb-sdk-'));
  try {
    const { cacheDirectory = join(home, 'cache') } = options;
    const text = await runPython(wandb, home, cacheDirectory, JSON.stringify(steps.map(encodeStep)));
    const results = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line): { ok?: unknown; error?: string } => JSON.parse(line));
    for (const { error } of results) if (error !== undefined) throw new Error(error);
    if (results.length !== steps.length) throw new Error(`The SDK ended after ${results.length} steps.`);
    return results.map(({ ok }) => ok);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** The files that a 'download' step brought. */
export const downloaded = (result: unknown): Files =>
  Object.fromEntries(
    Object.entries(result as Record<string, string>).map(([name, content]) => [
      name,
      Buffer.from(content, 'base64'),
    ]),
  );

const encodeStep = ({ files, ...step }: Step): unknown =>
  files === undefined
    ? step
    : {
        ...step,
        files: Object.fromEntries(
          Object.entries(files).map(([name, content]) => [name, content.toString('base64')]),
        ),
      };

function runPython(wandb: FakeWandb, home: string, cacheDirectory: string, input: string): Promise<string> {
  const child = spawn(python, [join(__dirname, 'sdk.py')], {
    cwd: home,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      NETRC: join(home, 'netrc'),
      WANDB_API_KEY: wandb.apiKey,
      WANDB_BASE_URL: wandb.url,
      WANDB_CACHE_DIR: cacheDirectory,
      WANDB_CONFIG_DIR: join(home, 'config'),
      WANDB_DATA_DIR: join(home, 'data'),
      WANDB_DIR: home,
      WANDB_ERROR_REPORTING: 'false',
      WANDB_SILENT: 'true',
      PYTHONIOENCODING: 'utf-8',
    },
  });
  let [output, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`The SDK ended with code ${code}:\n${errors}`));
    });
    child.stdin.end(input);
  });
}
