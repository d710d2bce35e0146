import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import type { CommitOptions, Committed, WandbFs } from '../../../index.js';
import type { Command } from '../../command.js';
import type { Place, RemotePlace } from '../../places/place.js';
import type { Session } from '../../session.js';
import { copying } from '../../transfers/copying.js';
import { journaled, type TransferOptions, withTransferOptions } from '../../transfers/options.js';
import { viewOf } from '../../transfers/view/view.js';
import { UsageError } from '../../usage-error.js';
import { several } from '../../values.js';

interface Options extends TransferOptions {
  readonly alias?: readonly string[];
  readonly tag?: readonly string[];
  readonly description?: string;
  readonly metadata?: string;
  readonly run?: string;
  readonly incremental?: boolean;
}

/** A directory of any place, or a draft, becomes a version of an artifact. */
export const commit: Command<Options> = {
  declare: (command) =>
    withTransferOptions(
      command
        .argument('<from>', 'a directory, or a draft')
        .argument('[collection]', 'the artifact that it becomes a version of; may be left out for a draft')
        .option('--alias <name>', "an alias beside 'latest'; may be given several times", several)
        .option('--tag <name>', 'a tag; may be given several times', several)
        .option('--description <text>', 'what it is')
        .option('--metadata <json>', 'a JSON object')
        .option('--run <id>', 'the run that logs it; one of its own by default')
        .option('--incremental', 'it holds what is new or changed, all else stays as in the latest version'),
    ),
  examples: [
    'commit data wandbas://team/project/dataset/flowers --alias raw',
    'commit wandbas://team/project/dataset/flowers/draft',
  ],
  isWriting: true,
  // Drafts of other commands wait there.
  filesystem: journaled,

  async run(session, [text = '', into], options) {
    const settings = settingsOf(options);
    const from = await session.place(text);
    const fs = await session.filesystems.artifacts();
    const { signal } = session;
    if (into === undefined) {
      if (from.kind !== 'artifacts') {
        throw new UsageError(
          `Name the artifact, too: 'commit ${text} wandbas://<entity>/<project>/<type>/<name>'.`,
        );
      }
      const committed = await fs.wandb.commit(from.path, { ...settings, signal });
      return told(session, posix.dirname(from.path), committed, options);
    }
    const collection = await session.remotePlace(into);
    if (collection.kind !== 'artifacts') {
      throw new UsageError(`'${into}' is of a run: write 'wandbas://<entity>/<project>/<type>/<name>'.`);
    }
    const committed = await commitCopy(session, fs, [from, collection], options, settings);
    await told(session, collection.path, committed, options);
  },
};

/** The draft is this command's own: nothing is left of it where no version is made of it. */
async function commitCopy(
  session: Session,
  fs: WandbFs,
  [from, collection]: readonly [Place, RemotePlace],
  options: TransferOptions,
  settings: CommitOptions,
): Promise<Committed> {
  const draft = posix.join(collection.path, `draft-${randomBytes(6).toString('hex')}`);
  const view = viewOf(session, { ...options, json: false });
  let [isCopied, isCommitted] = [false, false];
  try {
    await fs.promises.mkdir(draft, { recursive: true });
    const goOn = NOT_MADE;
    await copying(session, view, [from, { kind: 'artifacts', path: draft, text: draft }], {
      ...options,
      goOn,
    });
    isCopied = true;
    const committed = await fs.wandb.commit(draft, { ...settings, signal: session.signal });
    isCommitted = true;
    return committed;
  } finally {
    await view.end();
    if (isCopied && !isCommitted && session.signal.aborted)
      await session.err.line(`Interrupted. ${NOT_MADE}`);
    if (!isCommitted) await fs.promises.rm(draft, { recursive: true, force: true });
  }
}

const NOT_MADE = 'No version was made: the same command begins anew.';

function settingsOf({ alias, tag, description, metadata, run, incremental }: Options): CommitOptions {
  return { aliases: alias, tags: tag, description, metadata: metadataOf(metadata), runId: run, incremental };
}

function metadataOf(text: string | undefined): CommitOptions['metadata'] {
  if (text === undefined) return undefined;
  const value: unknown = parsed(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new UsageError(`--metadata must be a JSON object, such as '{"rows": 3}'; got '${text}'.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function told(
  session: Session,
  collection: string,
  committed: Committed,
  { json }: Options,
): Promise<void> {
  if (json) return session.out.line(JSON.stringify({ event: 'done', collection, ...committed }));
  const { version, deduplicated } = committed;
  const path = posix.join(collection, version ?? '');
  await session.out.line(session.print({ kind: 'artifacts', path }));
  if (deduplicated)
    await session.remark('It has the same content as the latest version: no new one was made.');
}
