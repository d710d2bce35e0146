import { type LeftEntry, openLeftJournal } from '../../../index.js';
import type { Command } from '../../command.js';
import { document } from '../../output/json.js';
import { humanSize } from '../../output/sizes.js';
import { table } from '../../output/table.js';
import { shownTime } from '../../output/times.js';
import type { Session } from '../../session.js';
import { journaled } from '../../transfers/options.js';
import { UsageError } from '../../usage-error.js';

interface Options {
  readonly json?: boolean;
  readonly all?: boolean;
}

const ACTIONS = ['list', 'resume', 'drop'] as const;
const TREES = ['runs', 'artifacts'] as const;

/** What commands and programs that have ended left on this disk to be sent. */
export const journal: Command<Options> = {
  declare: (command) =>
    command
      .argument('[action]', "'list' it (the default), 'resume': send it, or 'drop' it")
      .argument('[path...]', 'what is dropped')
      .option('--all', 'drop all of it')
      .option('--json', 'list it as JSON'),
  examples: ['journal', 'journal resume', 'journal drop wandbfs://team/project/run/old.txt'],
  isWriting: true,
  filesystem: journaled,

  async run(session, [action = 'list', ...paths], { json, all }) {
    if (!ACTIONS.some((known) => known === action)) {
      throw new UsageError(`'${action}' is nothing that a journal does: it knows ${ACTIONS.join(', ')}.`);
    }
    if (action !== 'drop' && (paths.length > 0 || all))
      throw new UsageError(`'journal ${action}' is about all of it: leave the rest out.`);
    if (action === 'drop') return drop(session, paths, all === true);
    if (action === 'resume') return resume(session);
    await list(session, json === true);
  },
};

interface Left extends LeftEntry {
  readonly tree: (typeof TREES)[number];
}

function left(tree: Left['tree'], drop?: (entries: readonly Left[]) => readonly string[]): readonly Left[] {
  const opened = openLeftJournal(tree, journaled());
  if (!opened) throw new UsageError('There is no journal: WANDB_FS_JOURNAL says so.');
  try {
    const entries = opened.entries.map((entry) => ({ ...entry, tree }));
    opened.drop(drop?.(entries) ?? []);
    return entries;
  } finally {
    opened.close();
  }
}

async function list(session: Session, isJson: boolean): Promise<void> {
  const entries = TREES.flatMap((tree) => left(tree));
  if (isJson) return session.out.write(document(entries));
  const rows = entries.map(({ tree, path, kind, size, at, isDamaged }) => [
    isDamaged ? 'damaged' : kind,
    humanSize(size),
    shownTime(at.toISOString()),
    session.name(session.print({ kind: tree, path })),
  ]);
  for (const line of table(rows, ['left', 'right', 'left', 'left'], session.out.columns))
    await session.out.line(line);
}

/** Whoever mounts a tree sends what was left of it; drafts stay drafts. */
async function resume(session: Session): Promise<void> {
  for (const tree of TREES) {
    const fs = await session.filesystems[tree]();
    await fs.wandb.flush();
    const drafts = (fs.wandb.journal()?.entries ?? []).filter(({ kind }) => kind === 'draft');
    for (const { path } of drafts) {
      const shown = session.print({ kind: tree, path });
      await session.remark(`${shown} is a draft: 'wandb-fs commit ${shown}' makes a version of it.`);
    }
  }
}

async function drop(session: Session, paths: readonly string[], isAll: boolean): Promise<void> {
  if (isAll === paths.length > 0) throw new UsageError("'journal drop' takes paths, or --all.");
  if (isAll) {
    for (const tree of TREES) left(tree, (entries) => entries.map(({ path }) => path));
    return;
  }
  await session.each(paths, async ({ text }) => {
    const place = await session.remotePlace(text);
    const isChosen = ({ path }: Left): boolean => path === place.path || path.startsWith(`${place.path}/`);
    const chosen: string[] = [];
    left(place.kind, (entries) => {
      chosen.push(...entries.filter(isChosen).map(({ path }) => path));
      return chosen;
    });
    if (chosen.length > 0) return;
    const message = `ENOENT: nothing of it waits in the journal, '${session.print(place)}'`;
    throw Object.assign(new Error(message), { code: 'ENOENT', path: place.path });
  });
}
