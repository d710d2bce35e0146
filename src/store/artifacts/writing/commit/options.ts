import type { CommitOptions } from '../../../../contract/drafts.js';
import { Failure } from '../../../../contract/failure.js';
import type { TreePath } from '../../../../contract/tree-path.js';
import type { DigestAlgorithm } from '../../content.js';
import type { ArtifactsContext } from '../../context.js';
import { factsOfVersion } from '../../listing/facts.js';
import { checkAlias, invalid, LATEST, MOST_CHARACTERS } from '../../names.js';
import { ifGone } from '../failures.js';

/** The options of a commit, checked, as the server takes them. */
export interface CheckedOptions {
  /** `latest` among them; without repetitions. */
  readonly aliases: readonly string[];
  readonly tags: readonly string[];
  readonly description: string | null;
  /** JSON. */
  readonly metadata: string | null;
  /** Seconds; -2: none; null: what the collection says. */
  readonly ttl: number | null;
  readonly runId: string | null;
  readonly algorithm: DigestAlgorithm;
  readonly isIncremental: boolean;
  readonly distributedId: string | null;
  /** Does this contribution finish the version? */
  readonly isFinal: boolean;
}

const MOST_METADATA_KEYS = 100;
const TAG = /^[-\p{L}\p{N}_]+( +[-\p{L}\p{N}_]+)*$/u;
const NO_TTL = -2;

/** Checks options by the rules of the SDK and the server (protocol section 8.1). Throws EINVAL that names the rule. */
export function checkCommitOptions(options: CommitOptions): CheckedOptions {
  const { aliases = [], tags = [], description, runId, digestAlgorithm = 'MD5' } = options;
  const { incremental = false, distributedId, finish = true } = options;
  if (!finish && distributedId === undefined) {
    throw invalid(
      'Only a version with a `distributedId` can be left unfinished; give one, or drop `finish`.',
    );
  }
  if (distributedId === '') throw invalid('`distributedId` must not be empty.');
  if (incremental && distributedId !== undefined) {
    throw invalid('A version is either `incremental` or made together by `distributedId`; give one of them.');
  }
  if (digestAlgorithm !== 'MD5' && digestAlgorithm !== 'XXH128') {
    throw invalid("`digestAlgorithm` is 'MD5' or 'XXH128'.");
  }
  if (runId !== undefined && (runId.trim() !== runId || runId === '' || /[:;,#?/']/.test(runId))) {
    throw invalid(
      "`runId` is the id of a run: not empty, and without white space around it or any of :;,#?/'.",
    );
  }
  for (const alias of aliases) checkAlias(alias);
  for (const tag of tags) checkTag(tag);
  return {
    aliases: [...new Set([LATEST, ...aliases])],
    tags: [...new Set(tags)],
    description: description ?? null,
    metadata: options.metadata === undefined ? null : metadataText(options.metadata),
    ttl: checkTtl(options.ttl),
    runId: runId ?? null,
    algorithm: digestAlgorithm === 'XXH128' ? 'xxh128' : 'md5',
    isIncremental: incremental,
    distributedId: distributedId ?? null,
    isFinal: finish,
  };
}

function checkTag(tag: string): void {
  if (tag.length > MOST_CHARACTERS || !TAG.test(tag)) {
    throw invalid(
      `The tag '${tag.slice(0, MOST_CHARACTERS)}' must be words of letters, digits, '-' and '_' with spaces between them, ${MOST_CHARACTERS} characters at most.`,
    );
  }
}

function checkTtl(ttl: number | null | undefined): number | null {
  if (ttl === undefined) return null;
  if (ttl === null) return NO_TTL;
  if (!Number.isSafeInteger(ttl) || ttl < 1) {
    throw invalid('`ttl` is a whole number of seconds from 1 up, or null for no end.');
  }
  return ttl;
}

function metadataText(metadata: Readonly<Record<string, unknown>>): string {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) {
    throw invalid('`metadata` is an object.');
  }
  if (Object.keys(metadata).length > MOST_METADATA_KEYS) {
    throw invalid(`\`metadata\` has at most ${MOST_METADATA_KEYS} keys.`);
  }
  try {
    return JSON.stringify(metadata, (key, value: unknown) => {
      if (value === Infinity || value === -Infinity) {
        throw invalid(`The server takes no infinite numbers: \`metadata\` has one at '${key}'.`);
      }
      if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
        throw invalid(`\`metadata\` must be JSON: a ${typeof value} at '${key}' is none.`);
      }
      // JSON has no NaN; it becomes null, as with the SDK.
      return value;
    });
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('EINVAL', '`metadata` must be JSON: it must not contain itself.', String(error));
  }
}

/**
 * The options of a commit, with what a draft keeps of the version that it is a copy of: its description, metadata and
 * digest algorithm, as the SDK's `Artifact.new_draft` keeps them. What the caller gives wins; tags, aliases and the
 * lifetime are the version's own.
 *
 * @param base null: it is a copy of none
 */
export async function withBase(
  context: ArtifactsContext,
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
  const kept = await ifGone(
    () => factsOfVersion(context, base, signal),
    [
      'ENOENT',
      `The version that the draft was copied from, '${base}', is gone: give \`description\`, \`metadata\` and \`digestAlgorithm\`.`,
    ],
  );
  return checkCommitOptions({
    ...options,
    description: description ?? kept.description ?? undefined,
    metadata: metadata ?? kept.metadata ?? undefined,
    digestAlgorithm: digestAlgorithm ?? kept.digestAlgorithm ?? undefined,
  });
}
