import type { Command } from '../../command.js';
import { journaled, type TransferOptions, withTransferOptions } from '../../transfers/options.js';
import { UsageError } from '../../usage-error.js';
import { copyAll } from './cp.js';

/** From this machine to W&B. */
export const put: Command<TransferOptions> = {
  declare: (command) =>
    withTransferOptions(
      command
        .argument('<file>', 'a file or directory on this machine')
        .argument('<to>', 'the copy at W&B, or a directory for it'),
    ),
  examples: ['put model.bin wandbfs://team/project/run', 'put data wandbfs://team/project/run/data'],
  isWriting: true,
  filesystem: journaled,

  async run(session, [file = '', to = ''], options) {
    await session.remotePlace(to);
    if ((await session.place(file)).kind !== 'local') {
      throw new UsageError(`'${file}' is at W&B: 'put' copies from this machine, 'cp' from anywhere.`);
    }
    await copyAll(session, [file, to], { ...options, recursive: true }, async () => {});
  },
};
