import type { Command } from '../../command.js';

interface Options {
  readonly parents?: boolean;
}

export const mkdir: Command<Options> = {
  declare: (command) =>
    command
      .argument('<path...>', 'projects or runs at W&B')
      .option('-p, --parents', "make the directories above them, and don't mind one that is there"),
  examples: ['mkdir -p wandbfs://team/project/run'],
  isWriting: true,

  async run(session, operands, { parents = false }) {
    await session.each(operands, async ({ text }) => {
      const { kind, path } = await session.remotePlace(text);
      const { promises } = await session.fsOf({ kind });
      await promises.mkdir(path, { recursive: parents });
    });
  },
};
