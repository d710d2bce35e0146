import type { Mirrored } from '../../../index.js';
import type { Command } from '../../command.js';
import type { Session } from '../../session.js';
import { copying } from '../../transfers/copying.js';
import { assertRemote } from '../../transfers/ends.js';
import { journaled, type TransferOptions, withTransferOptions } from '../../transfers/options.js';
import { NOTHING, viewOf } from '../../transfers/view/view.js';

interface Options extends TransferOptions {
  readonly delete?: boolean;
  readonly dryRun?: boolean;
  readonly plan?: boolean;
}

/** Contents to contents, one way. */
export const sync: Command<Options> = {
  declare: (command) =>
    withTransferOptions(
      command
        .argument('<from>', 'what is to be found in both')
        .argument('<to>', 'what is changed')
        .option('--delete', 'remove what is in <to> alone, but for what is left out')
        .option('-n, --dry-run', 'change nothing; tell what would be')
        .option('--plan', 'tell what will be, then do it'),
    ),
  examples: [
    'sync data wandbfs://team/project/run/data',
    'sync --delete --dry-run wandbfs://team/project/run results',
  ],
  isWriting: true,
  filesystem: journaled,

  async run(session, [first = '', second = ''], { delete: removes, dryRun, plan, ...options }) {
    const places = [await session.place(first), await session.place(second)] as const;
    assertRemote(...places, '`rsync`');
    const view = viewOf(session, options);
    try {
      if (dryRun || plan) {
        const planned = await copying(session, NOTHING, places, { ...options, removes, dryRun: true });
        await tellPlan(session, planned, options.json === true);
        if (dryRun) return;
      }
      const { copied, removed, same, bytes } = await copying(session, view, places, { ...options, removes });
      const [from, to] = [session.print(places[0]), session.print(places[1])];
      await view.told({ from, to, files: copied.length, bytes, removed: removed.length, same });
    } finally {
      await view.end();
    }
  },
};

async function tellPlan(
  session: Session,
  { copied, removed, same }: Mirrored,
  isJson: boolean,
): Promise<void> {
  const { out } = session;
  if (isJson) return out.line(JSON.stringify({ event: 'plan', copy: copied, remove: removed, same }));
  for (const { name, isNew } of copied) await out.line(`${isNew ? 'add' : 'change'} ${session.name(name)}`);
  for (const name of removed) await out.line(`remove ${session.name(name)}`);
}
