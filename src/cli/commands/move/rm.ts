import { Option } from 'commander';
import type { WandbFsOptions } from '../../../index.js';
import type { Command } from '../../command.js';
import { hasWildcard } from '../../places/place.js';
import { journaled } from '../../transfers/options.js';
import { several } from '../../values.js';

interface Options {
  readonly recursive?: boolean;
  readonly force?: boolean;
  readonly allowDelete?: readonly string[];
}

export const rm: Command<Options> = {
  declare: (command) =>
    command
      .argument('<path...>', 'files at W&B, or with -r directories')
      .option('-r, --recursive', 'directories, with all that is in them')
      .addOption(new Option('-R').hideHelp().implies({ recursive: true }))
      .option('-f, --force', "don't mind what isn't there")
      .option(
        '--allow-delete <level>',
        "remove that, too, as a whole: 'run', 'project', 'version', 'aliasedVersion' or 'collection'; may be given several times",
        several,
      ),
  examples: ['rm wandbfs://team/project/run/old.txt', 'rm -r --allow-delete run wandbfs://team/project/run'],
  isWriting: true,
  filesystem: ({ allowDelete }) => ({
    // Drafts of other commands wait there.
    ...journaled(),
    // What is no level is refused by the filesystem, which names those there are.
    ...(allowDelete ? { allowDelete: allowDelete as NonNullable<WandbFsOptions['allowDelete']> } : {}),
  }),

  async run(session, operands, { recursive = false, force = false }) {
    await session.each(operands, async ({ text }) => {
      const { kind, path } = await session.remotePlace(text);
      const { promises } = await session.fsOf({ kind });
      // What a shell has left as it is isn't what was meant.
      await promises.rm(path, { recursive, force: force && !hasWildcard(path) });
    });
  },
};
