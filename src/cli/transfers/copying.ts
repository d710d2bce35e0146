import type { Mirrored, MirrorProgress, WandbFs } from '../../index.js';
import type { Place } from '../places/place.js';
import type { Session } from '../session.js';
import { endOf, nameOf } from './ends.js';
import type { TransferOptions } from './options.js';
import type { View } from './view/view.js';

interface Copying extends TransferOptions {
  readonly removes?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  /** False: what is there stays as it is. */
  readonly clobber?: boolean | undefined;
  /** What to do when it was interrupted. @default the same again */
  readonly goOn?: string | undefined;
}

/** Makes one place what the other is; at least one of them is at W&B. What was interrupted goes on. */
export async function copying(
  session: Session,
  view: View,
  [from, to]: readonly [Place, Place],
  { include, exclude, concurrency, removes, dryRun, clobber, goOn = SAME }: Copying,
): Promise<Mirrored> {
  const { wandb } = await treeOf(session, [to, from]);
  const { signal } = session;
  let progress: MirrorProgress | null = null;
  const onProgress = (now: MirrorProgress): void => {
    progress = now;
    view.onProgress(named(now, to));
  };
  const options = {
    include,
    exclude,
    concurrency,
    delete: removes,
    dryRun,
    force: clobber,
    onProgress,
    signal,
  };
  try {
    return await wandb.mirror(await endOf(session, from), await endOf(session, to), {
      ...options,
      resume: true,
    });
  } catch (error) {
    if (signal.aborted) await tellHowToGoOn(session, view, progress, goOn);
    throw error;
  }
}

/** A file that is mirrored to a file has no name in either: it is told by that of the copy, wherever this was asked for. */
const named = (progress: MirrorProgress, to: Place): MirrorProgress =>
  progress.transfer?.name === ''
    ? { ...progress, transfer: { ...progress.transfer, name: nameOf({ ...to, text: to.path }) } }
    : progress;

const SAME = 'The same command goes on from here.';

async function tellHowToGoOn(
  session: Session,
  view: View,
  progress: MirrorProgress | null,
  goOn: string,
): Promise<void> {
  await view.end();
  const { files, filesTotal } = progress ?? { files: 0, filesTotal: 0 };
  const done = filesTotal > 0 ? `${files} of ${filesTotal} files are through. ` : '';
  await session.err.line(`Interrupted. ${done}${goOn}`);
}

export function treeOf(session: Session, places: readonly Place[]): Promise<WandbFs> {
  for (const place of places) if (place.kind !== 'local') return session.wandbFsOf(place);
  throw new Error('all places are local');
}
