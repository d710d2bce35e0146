import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Of every Python. It moves temporary files into its home, which wants one disk. */
export const COMMON = {
  PATH: process.env.PATH,
  TMPDIR: tmpdir(),
  WANDB_ERROR_REPORTING: 'false',
  WANDB_SILENT: 'true',
  PYTHONIOENCODING: 'utf-8',
};

/** The variable by which test files hear where the server is. */
export const SDK_SOCKET = 'WANDB_FS_TEST_SDK';

/** What `server-end.ts` calls behind the last test file. */
declare global {
  var endSdkServer: (() => Promise<void>) | undefined;
}

/**
 * Before Jest's first test file, where `WANDB_PYTHON` names a Python that has `wandb==0.30.0` installed. Without one Jest leaves
 * these tests out, and naming them finds no test: an interop suite that ran nothing is a failure, not a success. One that can't
 * begin fails all.
 */
export default async function startSdkServer(): Promise<void> {
  const python = process.env.WANDB_PYTHON ?? 'WANDB_PYTHON is not set';
  const directory = await mkdtemp(join(tmpdir(), 'wandb-sdk-'));
  const socket = join(directory, 'server');
  const child = spawn(python, [join(__dirname, 'sdk_server.py'), socket], {
    env: COMMON,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const isListening = await Promise.race([
    once(child.stdout, 'data').then(() => true),
    ended.then(() => false),
  ]);
  if (!isListening) {
    await rm(directory, { recursive: true });
    throw new Error(`${python} could not begin, or has no SDK.`);
  }
  process.env[SDK_SOCKET] = socket;
  globalThis.endSdkServer = async () => {
    child.stdin.end();
    const [code] = await ended;
    await rm(directory, { recursive: true, force: true });
    if (code !== 0) throw new Error(`The server of the SDK ended with code ${code}.`);
  };
}
