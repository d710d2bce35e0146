import { artifactCache } from '../../../index.js';
import type { Command } from '../../command.js';
import { document } from '../../output/json.js';
import { humanSize } from '../../output/sizes.js';
import { UsageError } from '../../usage-error.js';
import { bytes } from '../../values.js';

interface Options {
  readonly to?: number;
  readonly dir?: string;
  readonly json?: boolean;
}

/** The cache of artifacts' content that this package and the official SDK share. */
export const cache: Command<Options> = {
  declare: (command) =>
    command
      .argument('[action]', "'usage' (the default), or 'clean': what was used least recently goes")
      .option('--to <bytes>', 'how much is left when it is cleaned; nothing by default', bytes('--to'))
      .option('--dir <dir>', "another one than WANDB_CACHE_DIR's, or the SDK's own")
      .option('--json', 'tell it as JSON'),
  examples: ['cache', 'cache clean --to 5G'],

  async run({ out }, [action = 'usage'], { to, dir, json }) {
    if (action !== 'usage' && action !== 'clean') {
      throw new UsageError(`'${action}' is nothing that a cache does: it knows usage, clean.`);
    }
    if (action === 'usage' && to !== undefined) throw new UsageError("--to is for 'cache clean'.");
    const cleaning = action === 'clean' ? { cleanTo: to ?? 0 } : {};
    const usage = await artifactCache({ artifactCache: dir, ...cleaning });
    if (json) return out.write(document(usage));
    await out.line(`${usage.directory}: ${usage.files} files, ${humanSize(usage.bytes)}`);
  },
};
