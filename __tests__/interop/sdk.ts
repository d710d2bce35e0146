import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { FakeWandb } from 'wandb-fs/testing';
import { COMMON, SDK_SOCKET } from './server.js';

export type Files = Readonly<Record<string, Buffer>>;

export const filesOf = (texts: Readonly<Record<string, string>>): Files =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)]));

/** One thing that the SDK does; see `sdk.py`. */
export interface Step {
  readonly do: string;
  readonly files?: Files;
  readonly [argument: string]: unknown;
}

/** A Python process that uses the SDK against one server, as long as the tests of a server last. */
export interface Sdk {
  /** Runs steps in their order, and resolves to their results. The first error of the SDK rejects, with its text. */
  run(...steps: Step[]): Promise<unknown[]>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Nothing of the user's own W&B configuration is seen: the process has a home of its own.
 *
 * @param options.module of Python, which knows the steps
 */
export async function startSdk(
  wandb: FakeWandb,
  options: { readonly cacheDirectory?: string; readonly module?: string } = {},
): Promise<Sdk> {
  const home = await mkdtemp(join(tmpdir(), 'wandb-sdk-'));
  const { cacheDirectory = join(home, 'cache'), module = 'sdk' } = options;
  const socket = join(home, 'steps');
  const server = createServer().listen(socket);
  await once(server, 'listening');
  const forks = forksOf(module);
  forks.begin({
    socket,
    home,
    environment: { ...environmentOf(wandb, home), WANDB_CACHE_DIR: cacheDirectory },
  });
  const [connection]: [Socket] = await Promise.race([
    once(server, 'connection') as Promise<[Socket]>,
    forks.failed,
  ]);
  server.close();
  const gone = once(connection, 'close');
  const results = createInterface({ input: connection })[Symbol.asyncIterator]();
  const close = async (): Promise<void> => {
    connection.end();
    await gone;
    await rm(home, { recursive: true, force: true });
  };
  open.add(close);
  const next = async (): Promise<{ readonly ok?: unknown; readonly error?: string }> => {
    const { value } = await results.next();
    if (value === undefined) throw new Error(`The SDK ended early:\n${forks.errors()}`);
    return JSON.parse(value);
  };
  return {
    run: async (...steps) => {
      connection.write(`${JSON.stringify(steps.map(encodeStep))}\n`);
      const answers: Awaited<ReturnType<typeof next>>[] = [];
      while (answers.length < steps.length) answers.push(await next());
      for (const { error } of answers) if (error !== undefined) throw new Error(error);
      return answers.map(({ ok }) => ok);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The processes that use the SDK; all have ended behind the file's last test. */
interface Forks {
  /** Begins a process, which connects to the socket. */
  begin(order: {
    readonly socket: string;
    readonly home: string;
    readonly environment: NodeJS.ProcessEnv;
  }): void;
  /** Rejects when no further process can be begun. */
  readonly failed: Promise<never>;
  /** What they all wrote to their outputs. */
  errors(): string;
  /** Rejects if one of the processes ended badly. */
  end(): Promise<void>;
}

const started = new Map<string, Forks>();
/** The ends of the processes, which may be ended again: hooks of the file run behind this one. */
const open = new Set<() => Promise<void>>();
afterAll(async () => {
  await Promise.all([...open].map((close) => close()));
  for (const forks of started.values()) await forks.end();
});

function forksOf(module: string): Forks {
  const forks = started.get(module) ?? connectForks(module);
  started.set(module, forks);
  return forks;
}

/** See `sdk_server.py`. */
function connectForks(module: string): Forks {
  const connection = connect(process.env[SDK_SOCKET] ?? `${SDK_SOCKET} is not set`);
  connection.write(`${module}\n`);
  let text = '';
  connection.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  // Those who wait for a process, or for its end, hear why from the text.
  connection.on('error', (error) => {
    text += error.message;
  });
  const ended = once(connection, 'close').then(() => /^ended: (\d+)$/m.exec(text)?.[1]);
  const error = (code: string | undefined) =>
    new Error(`The SDK's processes ended with ${code ?? 'nothing told'}:\n${text}`);
  const failed = ended.then((code): never => {
    throw error(code);
  });
  failed.catch(() => undefined);
  return {
    begin: (order) => connection.write(`${JSON.stringify(order)}\n`),
    failed,
    errors: () => text,
    end: async () => {
      connection.end();
      const code = await ended;
      if (code !== '0') throw error(code);
    },
  };
}

/** Runs steps in a process of their own. */
export async function runSdk(
  wandb: FakeWandb,
  steps: readonly Step[],
  options: { readonly cacheDirectory?: string } = {},
): Promise<unknown[]> {
  await using sdk = await startSdk(wandb, options);
  return await sdk.run(...steps);
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

const environmentOf = (wandb: FakeWandb, home: string): NodeJS.ProcessEnv => ({
  ...COMMON,
  HOME: home,
  NETRC: join(home, 'netrc'),
  WANDB_API_KEY: wandb.apiKey,
  WANDB_BASE_URL: wandb.url,
  WANDB_CACHE_DIR: join(home, 'cache'),
  WANDB_CONFIG_DIR: join(home, 'config'),
  WANDB_DATA_DIR: join(home, 'data'),
  WANDB_DIR: home,
});

export interface Ended {
  readonly code: number | null;
  /** What was written to both of its outputs. */
  readonly output: string;
}

/**
 * Runs the `wandb` command to its end in a directory that is its home, too.
 *
 * @param args such as `['sync', '.']`
 * @param options.text a program in Python, to be run in place of the command
 */
export async function runProgram(
  wandb: FakeWandb,
  home: string,
  args: readonly string[],
  options: { readonly text?: string; readonly environment?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  const { environment, ...text } = options;
  const [ended] = await runSdk(wandb, [
    {
      do: 'program',
      ...text,
      arguments: args,
      directory: home,
      environment: { ...environmentOf(wandb, home), ...environment },
    },
  ]);
  return ended as Ended;
}
