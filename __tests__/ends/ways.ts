/** What is done to a process, once all that it wrote is acknowledged. */
type Act = { readonly by: 'itself' } | { readonly by: 'signal'; readonly signals: readonly NodeJS.Signals[] };

/** The process or runner that writes. */
export type Writer =
  | { readonly kind: 'process'; readonly args: readonly string[] }
  | { readonly kind: 'jest' | 'vitest' | 'node --test'; readonly args: readonly string[] };

/** How it ended: its exit code, or the signal that ended it. */
export type Status = number | NodeJS.Signals;

/** One way in which a process ends: a row of the table in docs/RELIABILITY.md. */
export interface Way {
  readonly name: string;
  readonly writer: Writer;
  readonly act: Act;
  readonly status: Status;
  /** What it is if something was lost: 'own' where the runner doesn't ask anybody. */
  readonly statusOfLoss: Status | 'own';
  /** Nothing runs in the process any more, so only a journal keeps what waits. */
  readonly isBeyondHelp: boolean;
}

const itself: Act = { by: 'itself' };

function process(name: string, end: string, status: Status, rest: Partial<Way> = {}): Way {
  return way(name, { kind: 'process', args: ['process.cjs', end] }, status, rest);
}

function worker(
  name: string,
  end: string,
  status: Status,
  rest: Partial<Way> & { readonly andThen?: string } = {},
): Way {
  const { andThen, ...others } = rest;
  const args = ['worker.cjs', end, ...(andThen === undefined ? [] : [andThen])];
  return way(name, { kind: 'process', args }, status, others);
}

function way(name: string, writer: Writer, status: Status, rest: Partial<Way>): Way {
  const statusOfLoss = status === 0 ? 1 : status;
  return { name, writer, act: itself, status, statusOfLoss, isBeyondHelp: false, ...rest };
}

const bySignal = (...signals: NodeJS.Signals[]): Partial<Way> => ({ act: { by: 'signal', signals } });
const beyondHelp = { isBeyondHelp: true };

export const WAYS: readonly Way[] = [
  process('the event loop runs empty', 'natural', 0),
  process('`process.exit()`', 'exit()', 0),
  process('`process.exit(0)`', 'exit(0)', 0),
  process('`process.exit(3)`', 'exit(3)', 3),
  process('an exception that nobody catches', 'throw', 1),
  process('a rejection that nobody handles', 'reject', 1),
  process('`SIGTERM`', 'stay', 'SIGTERM', bySignal('SIGTERM')),
  process('`SIGINT`', 'stay', 'SIGINT', bySignal('SIGINT')),
  process('`SIGHUP`', 'stay', 'SIGHUP', bySignal('SIGHUP')),
  process('`SIGTERM`, the program exits by itself', 'exit(5) when told', 5, bySignal('SIGTERM')),
  worker("a worker's event loop runs empty", 'natural', 0),
  worker('`process.exit(3)` in a worker', 'exit(3)', 3),
  worker('an exception in a worker', 'throw', 1),
  way('`node --test`', { kind: 'node --test', args: [] }, 0, {}),
  way('Jest, `--runInBand`', { kind: 'jest', args: ['--testTimeout=30000', '--runInBand'] }, 0, {}),
  way('Jest, two workers', { kind: 'jest', args: ['--testTimeout=30000', '--maxWorkers=2'] }, 0, {}),
  way('Vitest, forks', { kind: 'vitest', args: ['--testTimeout=30000', '--pool=forks'] }, 0, {
    statusOfLoss: 'own',
  }),
  way('Vitest, threads', { kind: 'vitest', args: ['--testTimeout=30000', '--pool=threads'] }, 0, {
    statusOfLoss: 'own',
  }),
  process('a second signal, before the uploads have ended', 'stay', 'SIGTERM', {
    ...bySignal('SIGTERM', 'SIGTERM'),
    ...beyondHelp,
  }),
  process('`SIGKILL`, a lost machine', 'stay', 'SIGKILL', { ...bySignal('SIGKILL'), ...beyondHelp }),
  process('`process.abort()`, a crash of Node', 'abort', 'SIGABRT', beyondHelp),
  worker('`worker.terminate()`', 'stay', 1, { andThen: 'terminate', ...beyondHelp }),
  worker('`process.exit(0)` while a worker writes', 'stay', 0, { andThen: 'exit', ...beyondHelp }),
];
