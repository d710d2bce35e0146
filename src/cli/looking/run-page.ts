import { stripVTControlCharacters } from 'node:util';
import type { WandbFs } from '../../index.js';
import type { Description } from '../../serve/page/description.js';
import type { Knowledge } from '../../serve/page/directory.js';
import type { Printed } from '../../serve/page/log.js';
import type { Place } from '../places/place.js';

/** '/<entity>/<project>/<run>'. */
const RUN = /^\/[^/]+\/[^/]+\/[^/]+$/;

export const isRun = <At extends Pick<Place, 'kind' | 'path'>>(
  at: At,
): at is At & { readonly kind: 'runs' } => at.kind === 'runs' && RUN.test(at.path);

/** How much of what a run has printed its page begins with. */
const LAST_LINES = 200;
const LAST_BYTES = 64 << 10;

/** What pages tell of runs: of any other path nothing. Rejects as `fs.wandb.info` and `consoleLines` do. */
export const ofRuns = (fs: WandbFs): Knowledge => ({
  async describe(path): Promise<Description | null> {
    const info = await runAt(fs, path);
    if (!info) return null;
    const { displayName, name, state, summary, config } = info;
    const log = await lastPrinted(fs, path, state);
    return { title: displayName || name, state, facts: { Summary: summary, Config: config }, log };
  },

  async printed(path, after): Promise<Printed | null> {
    // Its state first: what it printed before its end is there when that is told.
    const info = await runAt(fs, path);
    return info && printed(info.state, await fs.wandb.consoleLines(path, { after }));
  },
});

async function runAt(fs: WandbFs, path: string) {
  const info = RUN.test(path) ? await fs.wandb.info(path) : null;
  return info?.kind === 'run' ? info : null;
}

async function lastPrinted(fs: WandbFs, path: string, state: string | null): Promise<Printed | null> {
  const answer = printed(state, await fs.wandb.consoleLines(path, { last: LAST_LINES }));
  if (answer.end !== null || !answer.isOver) return answer;
  // Of a run that has ended the server may have nothing but the file.
  const lines = await endOfLog(fs, `${path}/output.log`);
  return lines && { ...answer, lines };
}

type Answer = Awaited<ReturnType<WandbFs['wandb']['consoleLines']>>;

const printed = (state: string | null, { lines, end, hasMore }: Answer): Printed => ({
  lines: lines.map(({ text }) => shownLine(text)),
  end,
  hasMore,
  state: state ?? 'over',
  isOver: state !== 'running',
});

async function endOfLog(fs: WandbFs, path: string): Promise<readonly string[] | null> {
  const handle = await fs.promises.open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (!handle) return null;
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, LAST_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    const lines = buffer.toString('utf8', 0, bytesRead).replace(/\n$/, '').split('\n');
    return lines.slice(-LAST_LINES).map(shownLine);
  } finally {
    await handle.close();
  }
}

/** As a terminal shows it that has no colours, in which a bar of progress was written over what it was before. */
const shownLine = (text: string): string =>
  stripVTControlCharacters(text.replace(/[\r\n]+$/, '')).replace(/^.*\r/s, '');
