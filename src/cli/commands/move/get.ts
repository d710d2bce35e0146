import type { Command } from '../../command.js';
import type { TransferOptions } from '../../transfers/options.js';
import { withTransferOptions } from '../../transfers/options.js';
import { UsageError } from '../../usage-error.js';
import { copyAll } from './cp.js';

/** From W&B to this machine. */
export const get: Command<TransferOptions> = {
  declare: (command) =>
    withTransferOptions(
      command
        .argument('<path>', 'a file or directory at W&B')
        .argument('[to]', 'the copy, or a directory for it', '.'),
    ),
  examples: ['get wandbfs://team/project/run/model.bin', 'get team/project/model:prod model'],
  isWriting: true,

  async run(session, [path = '', to = '.'], options) {
    await session.remotePlace(path);
    if ((await session.place(to)).kind !== 'local') {
      throw new UsageError(`'${to}' is at W&B: 'get' copies to this machine, 'cp' anywhere.`);
    }
    await copyAll(session, [path, to], { ...options, recursive: true }, async () => {});
  },
};
