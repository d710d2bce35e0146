import type { WandbArtifactFsOptions } from '../index.js';
import { describe } from './describe.js';
import { STATUS_OF_CLOSED_PIPE, statusOf, statusOfSignal } from './exit-status.js';
import { Filesystems } from './filesystems.js';
import { Output, OutputClosed } from './output/output.js';
import { type Asked, parse } from './parser.js';
import { COMMANDS } from './registry.js';
import { type Context, Session, type Surroundings } from './session.js';

/**
 * Runs one command line, and resolves to the exit status. What it opened is closed then, and what it printed is out; where a
 * signal or a closed pipe ends a command that only looks, nothing that is on its way is waited for.
 */
export async function runProgram(
  argv: readonly string[],
  { stdout, stderr, environment, signal }: Surroundings,
): Promise<number> {
  const unread = new AbortController();
  const out = new Output(stdout, environment, (failure) => unread.abort(failure));
  const err = new Output(stderr, environment);
  const ending = AbortSignal.any([signal, unread.signal]);
  const context = { out, err, environment, signal: ending, commands: COMMANDS, warnings: new Set<string>() };
  let status: number;
  try {
    status = await run(await parse(argv, context), context);
    await out.end();
  } catch (error) {
    status = await statusOfEnd(error, argv, { ...context, signal });
  }
  await err.end().catch(unlessUnread);
  return status;
}

async function run(asked: Asked, context: Context): Promise<number> {
  if (!('command' in asked)) {
    await context.out.write(asked.out);
    await context.err.write(asked.err);
    return asked.status;
  }
  const { name, command, operands, options } = asked;
  const log = options.debug
    ? { debug: (text: string) => void context.err.line(text).catch(unlessUnread) }
    : {};
  const settings: WandbArtifactFsOptions = {
    // Nobody blocks this thread, so that none beside it has to be started.
    sync: 'off',
    // The command hears of them itself, and a second one ends it at once.
    exitSignals: false,
    readOnly: command.isWriting !== true,
    views: options.views === true,
    logger: {
      warn: (text) => {
        context.warnings.add(text);
        void context.err.line(`wandb-fs: ${text}`).catch(unlessUnread);
      },
      ...log,
    },
    ...command.filesystem?.(options),
  };
  const filesystems = new Filesystems(settings);
  const { signal } = context;
  try {
    const session = new Session(name, context, options, filesystems);
    const running = command.run(session, operands, options);
    await (command.isWriting ? running : Promise.race([running, whenAborted(signal)]));
    return session.status;
  } finally {
    // The process ends now: only who has something to send, now or never, has a reason to wait.
    if (!signal.aborted) await filesystems.close();
    else if (command.isWriting) await filesystems.leave();
    else filesystems.close().catch(() => undefined);
  }
}

const whenAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** @returns the status for what ended it all, which the user is told unless it was the user who did */
async function statusOfEnd(
  error: unknown,
  argv: readonly string[],
  { err, signal, warnings }: Pick<Context, 'err' | 'signal' | 'warnings'>,
): Promise<number> {
  if (signal.aborted) return statusOfSignal(signal.reason);
  if (error instanceof OutputClosed) return STATUS_OF_CLOSED_PIPE;
  const name = argv.find((each) => COMMANDS.some((command) => command.name === each)) ?? null;
  await err
    .line(describe(error, name, { isDebugged: argv.includes('--debug'), warnings }))
    .catch(unlessUnread);
  return statusOf(error);
}

/** Who doesn't read standard error can't be told that. */
function unlessUnread(error: unknown): void {
  if (!(error instanceof OutputClosed)) throw error;
}
