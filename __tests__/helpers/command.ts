import { Writable } from 'node:stream';
import type { FakeWandb } from 'wandb-fs/testing';
import { runProgram } from '../../src/cli/program.js';

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Of a terminal; null: the output goes into a pipe. @default null */
  readonly columns?: number | null;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Hears each part of standard output; an error that it throws is the stream's. */
  readonly onOutput?: (text: string) => void;
}

/** Runs a command line in this process, against a server if one is given, and gathers what it prints. */
export async function wandbFs(
  server: FakeWandb | null,
  args: readonly string[],
  { columns = null, env = {}, signal = new AbortController().signal, onOutput }: RunOptions = {},
): Promise<Ran> {
  const access = server ? { WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey } : {};
  const environment = { ...access, ...env };
  const before = { ...process.env };
  Object.assign(process.env, environment);
  const printed = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof printed) =>
    Object.assign(
      new Writable({
        decodeStrings: false,
        write(chunk: string | Uint8Array, _, done) {
          const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
          try {
            if (name === 'stdout') onOutput?.(text);
          } catch (error) {
            done(error as Error);
            return;
          }
          printed[name] += text;
          done();
        },
      }),
      columns === null ? {} : { isTTY: true, columns, hasColors: () => true },
    );
  try {
    const streams = { stdout: stream('stdout'), stderr: stream('stderr') };
    const status = await runProgram(args, { ...streams, environment, signal });
    return { status, ...printed };
  } finally {
    for (const name of Object.keys(environment)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}
