import { mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FakeWandb, startFakeWandb } from 'wandb-fs/testing';
import { variation } from '../helpers/server.js';
import { eventually } from '../semantics/helpers/waiting.js';
import { type Child, start } from './children.js';
import { startControl } from './control.js';
import { isOnServerBefore, newContent, oldContent, type Piece } from './pieces.js';
import type { Status, Way } from './ways.js';

/**
 * How things are from the moment on when all is acknowledged. With a journal the storage refuses everything until the
 * process has ended.
 */
export type Condition = 'healthy' | 'down' | 'journal';

/** What became of a file: its new content is on the server, its old one or none, or something else. */
export type Fate = 'new' | 'old' | 'mixed';

export type Fates = ReadonlyMap<Piece, Fate>;

export interface Ending {
  readonly status: Status | 'never';
  readonly said: string;
  readonly fates: Fates;
  /** When the next process has started and ended, where one was started. */
  readonly fatesAfterNext: Fates | null;
  /** What is left in the temporary directory when all have ended. */
  readonly leftovers: readonly string[];
}

const RUN = 'team/project/run';

/** Nothing of it is sent by itself before the end comes. */
const LONG_DELAY = { writebackDelay: 50_000 };
/** What can't be sent is given up soon. */
const SHORT_DRAIN = { exitFlushMs: 2500 };

/** Longer than a server that shows uploads with a delay takes. */
const SETTLED_MS = 400;

const FAULTS = {
  healthy: [],
  down: [{ drop: 'before', times: Number.POSITIVE_INFINITY }],
  journal: [{ match: { method: 'PUT' }, status: 403, times: Number.POSITIVE_INFINITY }],
  slow: [{ match: { method: 'PUT' }, delayMs: 30_000, times: Number.POSITIVE_INFINITY }],
} as const;

/** Lets a process of the project write the parts and end so, with a server of its own. */
export async function endOf(
  way: Way,
  parts: readonly (readonly Piece[])[],
  condition: Condition,
  project: string,
): Promise<Ending> {
  const server = await startFakeWandb(variation());
  const temporary = await mkdtemp(join(project, 'tmp-'));
  const all = parts.flat();
  const old = all.filter(isOnServerBefore).map((piece) => [piece.name, oldContent(piece)]);
  await server.seed({ [RUN]: Object.fromEntries(old) });

  let writing = parts.length;
  let onWritten = async (): Promise<void> => {};
  const control = await startControl(async () => {
    writing--;
    if (writing === 0) await onWritten();
  });
  const options = {
    ...(way.writer.kind === 'process' && LONG_DELAY),
    ...(condition !== 'healthy' && SHORT_DRAIN),
    ...(condition === 'journal' && { journal: join(temporary, 'journal') }),
  };
  const env = {
    TMPDIR: temporary,
    WANDB_BASE_URL: server.url,
    WANDB_API_KEY: server.apiKey,
    ENDS: JSON.stringify({ run: RUN, options, parts, control: control.url }),
  };
  try {
    let acting: Promise<unknown> = Promise.resolve(null);
    const child = await start(way.writer, project, env, parts.length);
    onWritten = async () => {
      await server.faults(FAULTS[condition]);
      acting = act(way, child, server).then(
        () => null,
        (error: unknown) => error,
      );
    };
    const status = await child.ended;
    if (writing > 0) throw new Error(`It ended before it had written.\n${child.said()}`);
    const failure = await acting;
    if (failure !== null) throw failure;
    const fates = await fatesOf(all, server);
    await server.faults([]);
    const hasNext = way.isBeyondHelp || condition === 'journal';
    if (hasNext) await startNext(project, env);
    const fatesAfterNext = hasNext ? await fatesOf(all, server) : null;
    return { status, said: child.said(), fates, fatesAfterNext, leftovers: await leftIn(temporary) };
  } finally {
    control.close();
    await server.close();
  }
}

async function act(way: Way, child: Child, server: FakeWandb): Promise<void> {
  if (way.act.by === 'itself') return;
  const [first, second] = way.act.signals;
  if (second) await server.faults(FAULTS.slow);
  await server.requests({ clear: true });
  if (first) child.kill(first);
  if (!second) return;
  // Nothing asks the server for anything any more but the uploads.
  await eventually(
    () => server.requests(),
    (requests) => requests.length > 0,
    20_000,
  );
  child.kill(second);
}

async function fatesOf(pieces: readonly Piece[], server: FakeWandb): Promise<Fates> {
  if (typeof variation().finalize === 'object') await sleep(SETTLED_MS);
  const files = await server.files(RUN);
  return new Map(
    pieces.map((piece, index) => [piece, fateOf(piece, files[piece.name], isOnServerBefore(piece, index))]),
  );
}

function fateOf(piece: Piece, found: Uint8Array | undefined, wasThere: boolean): Fate {
  if (!found) return wasThere ? 'mixed' : 'old';
  if (newContent(piece).equals(found)) return 'new';
  return wasThere && Buffer.from(found).toString() === oldContent(piece) ? 'old' : 'mixed';
}

async function startNext(project: string, env: Readonly<Record<string, string>>): Promise<void> {
  const next = await start({ kind: 'process', args: ['next-start.cjs'] }, project, env);
  if ((await next.ended) !== 0) throw new Error(`The next start failed.\n${next.said()}`);
}

const leftIn = async (directory: string): Promise<readonly string[]> =>
  (await readdir(directory)).filter((name) => name.startsWith('wandb-fs'));
