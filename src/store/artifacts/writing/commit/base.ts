import type { CommitOptions } from '../../../../contract/drafts.js';
import { Failure, isFailure } from '../../../../contract/failure.js';
import type { TreePath } from '../../../../contract/tree-path.js';
import type { WritingContext } from '../context.js';
import { type CheckedOptions, checkCommitOptions } from './options.js';

/**
 * The options of a commit, with what a draft keeps of the version that it is a copy of: its description, metadata and
 * digest algorithm, as the SDK's `Artifact.new_draft` keeps them. What the caller gives wins; tags, aliases and the
 * lifetime are the version's own.
 *
 * @param base null: it is a copy of none
 */
export async function withBase(
  { info }: WritingContext,
  base: TreePath | null,
  options: CommitOptions,
  signal: AbortSignal | undefined,
): Promise<CheckedOptions> {
  const checked = checkCommitOptions(options);
  const { description, metadata, digestAlgorithm } = options;
  if (
    base === null ||
    (description !== undefined && metadata !== undefined && digestAlgorithm !== undefined)
  ) {
    return checked;
  }
  const kept = await unlessGone(base, () => info.version(base, signal));
  return checkCommitOptions({
    ...options,
    description: description ?? kept.description ?? undefined,
    metadata: metadata ?? kept.metadata ?? undefined,
    digestAlgorithm: digestAlgorithm ?? kept.digestAlgorithm ?? undefined,
  });
}

async function unlessGone<T>(base: TreePath, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (!isFailure(error) || error.code !== 'ENOENT') throw error;
    throw new Failure(
      'ENOENT',
      `The version that the draft was copied from, '${base}', is gone: give \`description\`, \`metadata\` and \`digestAlgorithm\`.`,
    );
  }
}
