import { journalIdentity, resolveConfig } from '../../../config/config.js';
import type { WandbFsOptions } from '../../../config/options.js';
import { Failure } from '../../../contract/failure.js';
import { Journal } from '../../../kernel/content/journal/journal.js';
import { systemError } from '../../arguments/errors.js';
import { Mount } from '../../arguments/paths.js';
import { asOneOf, asString } from '../../arguments/validate.js';
import { ARTIFACTS, RUNS } from '../layouts.js';

/** What was acknowledged and not sent, as the journal has it. */
export interface LeftEntry {
  /** The absolute path in its tree. */
  readonly path: string;
  /** 'content' of a file; of a draft 'draft', 'directory', 'copy', 'reference' or 'link'. */
  readonly kind: string;
  /** Bytes of content, 0 for what has none here. */
  readonly size: number;
  /** When it was acknowledged last. */
  readonly at: Date;
  /** Its content is shorter than what was acknowledged, or gone: it is never sent. */
  readonly isDamaged: boolean;
}

/** What processes that have ended left in the journal of a tree. While this is open nobody else takes it up. */
export interface LeftJournal {
  /** Sorted by path. */
  readonly entries: readonly LeftEntry[];
  /** Forgets what is at paths and below them. Its content is gone for good; what W&B has of it stays. */
  drop(paths: Iterable<string>): void;
  /** Leaves the rest to the next start. */
  close(): void;
}

const LAYOUTS = { runs: RUNS, artifacts: ARTIFACTS };

/**
 * Opens what the journal holds of processes that have ended, without sending any of it: to look at it, or to give it up.
 *
 * @param options those that the tree would be made with; `journal` and `baseUrl` count. Their defaults are the environment's
 * @returns null where there is no journal
 * @throws as `createWandbFs` does; ENOSPC, EACCES and others for a directory that can't be used
 */
export function openLeftJournal(
  tree: 'runs' | 'artifacts',
  options: WandbFsOptions = {},
): LeftJournal | null {
  const kind = asOneOf(tree, 'tree', 'runs', 'artifacts');
  const { journal: place, baseUrl } = resolveConfig(options);
  if (place === null) return null;
  const mount = new Mount({ layout: LAYOUTS[kind] });
  return told(place.dir, () => {
    const journal = Journal.open({ ...place, identity: journalIdentity(kind, baseUrl) });
    try {
      const { recovered } = journal.takeOver();
      const entries = recovered.map(({ path, record, at, isDamaged }) => ({
        path: mount.show(path),
        kind: record.kind,
        size: record.kind === 'content' ? record.size : 0,
        at: new Date(at),
        isDamaged,
      }));
      return {
        entries: entries.sort((a, b) => (a.path < b.path ? -1 : 1)),
        drop: (paths) =>
          told(place.dir, () => {
            for (const path of paths) journal.remove(mount.locate(asString(path, 'path')));
          }),
        close: () => told(place.dir, () => journal.close()),
      };
    } catch (error) {
      journal.close();
      throw error;
    }
  });
}

function told<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw thrown instanceof Failure ? systemError(thrown, { syscall: 'journal', path }) : thrown;
  }
}
