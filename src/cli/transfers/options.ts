import type { Command as Declaration } from 'commander';
import type { WandbArtifactFsOptions } from '../../index.js';
import { several, wholeNumber } from '../values.js';

/** What all commands that copy take. */
export interface TransferOptions {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly concurrency?: number;
  readonly json?: boolean;
}

export const withTransferOptions = (command: Declaration): Declaration =>
  command
    .option('--include <glob>', 'only files that match; may be given several times', several)
    .option('--exclude <glob>', 'no files or directories that match; may be given several times', several)
    .option(
      '--concurrency <n>',
      'files at once, 16 by default',
      wholeNumber('--concurrency', { least: 1, most: 256 }),
    )
    .option('--json', 'tell what happens as JSON, an event a line');

/**
 * What was written is kept on this disk until it is sent: a command that was interrupted, or killed, leaves the rest to the
 * next one. Where the environment says which journal, or that there is none, that counts.
 */
export const journaled = (): WandbArtifactFsOptions =>
  process.env.WANDB_FS_JOURNAL ? {} : { journal: true };
