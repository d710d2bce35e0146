import { PassThrough } from 'node:stream';
import type { FakeWandb } from 'wandb-fs/testing';
import type { OutputStream } from '../../../src/cli/output/output.js';
import { runProgram } from '../../../src/cli/program.js';

export interface Ended {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

interface Options {
  /** Standard error is a terminal of so many columns. @default a pipe */
  readonly columns?: number;
  readonly environment?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

/** A stream that keeps what is written to it. */
function kept(columns?: number): { readonly stream: OutputStream; readonly text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  return { stream: Object.assign(stream, terminal), text: () => Buffer.concat(chunks).toString() };
}

/** Runs a command line in this process, as the program would; `server` is the one that its environment names. */
export async function runCommand(
  server: Pick<FakeWandb, 'url' | 'apiKey'>,
  argv: readonly string[],
  { columns, environment = {}, signal = new AbortController().signal }: Options = {},
): Promise<Ended> {
  const [out, err] = [kept(), kept(columns)];
  const settings = { WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey, ...environment };
  Object.assign(process.env, settings);
  const status = await runProgram(argv, {
    stdout: out.stream,
    stderr: err.stream,
    environment: { ...settings },
    signal,
  });
  return { status, out: out.text(), err: err.text() };
}
