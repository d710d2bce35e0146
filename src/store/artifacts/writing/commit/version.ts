import type { Committed } from '../../../../contract/drafts.js';
import type { Entry } from '../../../../contract/entry.js';
import { Failure } from '../../../../contract/failure.js';
import type { Store } from '../../../../contract/store.js';
import type { TreePath } from '../../../../contract/tree-path.js';
import {
  type ArtifactManifestType,
  CommitArtifactDocument,
  FindArtifactDocument,
  type VersionFactsFragment,
} from '../../../../wire/generated.js';
import { isWireFailure } from '../../../../wire/wire-failure.js';
import type { DigestAlgorithm } from '../../content.js';
import type { ArtifactsContext } from '../../context.js';
import { type Membership, membershipEntries, ownMembership } from '../../listing/entries.js';
import { checkReserved } from '../../names.js';
import { type CollectionName, collectionAt } from '../../places.js';
import { addAliases } from '../alias-changes.js';
import { abortable, allOrFirstFailure, assertNotAborted, Turns } from '../concurrency.js';
import { failedAt, ifGone, step } from '../failures.js';
import { DIGEST_FEATURE } from '../files/declaration.js';
import { announceManifest, type Target, uploadManifest } from '../files/manifest.js';
import { FileUploads, type Sending } from '../files/uploads.js';
import { type CreatedArtifact, createArtifact, type NewArtifact, newArtifact } from './artifact.js';
import { AutoRuns } from './auto-runs.js';
import { checkCollection } from './collection.js';
import { type CheckedOptions, checkCommitOptions, withBase } from './options.js';
import { type Plan, planDraft } from './plan.js';

type Draft = Parameters<NonNullable<Store['commit']>>[0];

type Options = Parameters<NonNullable<Store['commit']>>[1];

type Outcome = Committed & { readonly entries: readonly Entry[] };

/** How often a committed version is asked for that has no number yet, and the first pause in milliseconds. */
const MOST_LOOKS = 5;
const FIRST_PAUSE_MS = 200;

/** Makes versions of drafts, in the SDK's steps (protocol section 7.1). Those of one collection one after another. */
export class Commits {
  private readonly turns = new Turns();
  private readonly runs: AutoRuns;
  private readonly uploads: FileUploads;

  constructor(private readonly context: ArtifactsContext) {
    this.runs = new AutoRuns(context.client);
    this.uploads = new FileUploads(context);
  }

  async commit(draft: Draft, options: Options): Promise<Outcome> {
    const { signal } = options;
    checkCommitOptions(options);
    const place = collectionAt(draft.collection);
    checkReserved(place.type, place.collection);
    return this.turns.take(draft.collection, signal, async () => {
      assertNotAborted(signal);
      const checked = await withBase(this.context, draft.base ?? null, options, signal);
      const plan = await this.plan(place, draft, checked.algorithm, signal);
      try {
        return await this.make(draft.collection, newArtifact(place, plan, checked), options);
      } finally {
        // Who has given it up waits for nothing.
        if (checked.runId === null && !signal?.aborted) await this.runs.ended(place);
      }
    });
  }

  /** While the server tells whether it takes such a version, the draft is read. */
  private plan(
    place: CollectionName,
    { files }: Draft,
    algorithm: DigestAlgorithm,
    outer: AbortSignal | undefined,
  ): Promise<Plan> {
    return abortable(outer, async (controller) => {
      const { signal } = controller;
      const checked = checkCollection(this.context, place, algorithm, signal);
      const planned = planDraft(this.context, files, algorithm, signal);
      await allOrFirstFailure([checked, planned.then(() => {})], () => controller.abort());
      return planned;
    });
  }

  private async make(directory: TreePath, draft: NewArtifact, sending: Sending): Promise<Outcome> {
    const { place, plan, options } = draft;
    const { signal } = sending;
    const { run, artifact } = await this.create(draft, signal);
    if (artifact.state === 'COMMITTED') {
      // From here on an abort would leave open which aliases it has.
      assertNotAborted(signal);
      const member = await this.withAliases(place, artifact, options.aliases);
      return outcomeOf(directory, artifact, member, true);
    }
    const target = {
      place,
      run,
      artifactId: artifact.id,
      baseId: artifact.artifactSequence.latestArtifact?.id ?? null,
      type: manifestTypeOf(options),
      region: plan.region,
    };
    await ifGone(() => this.upload(target, plan, sending), MADE_GONE);
    if (!options.isFinal) {
      const { digest } = plan;
      return { version: null, id: artifact.id, digest, aliases: [], deduplicated: false, entries: [] };
    }
    // From here on an abort would leave open whether the version is there: it is waited for.
    assertNotAborted(signal);
    const facts = await ifGone(() => this.finish(artifact.id), MADE_GONE);
    const member = ownMembership(facts);
    const isSettled = member !== null && missingOf(member, options.aliases).length === 0;
    return outcomeOf(directory, facts, isSettled ? member : await this.lookUp(artifact.id), false);
  }

  /** A run that was deleted since it logged the last version is replaced. */
  private async create(
    draft: NewArtifact,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly run: string; readonly artifact: CreatedArtifact }> {
    const { place, options } = draft;
    const isReused = options.runId === null && this.runs.has(place);
    const attempt = async () => {
      const run = options.runId ?? (await this.runs.of(place, signal));
      const artifact = await step('Making the version failed', () =>
        createArtifact(this.context, draft, run, signal),
      );
      if (artifact.state === 'PENDING' || artifact.state === 'COMMITTED' || artifact.state === 'DELETED') {
        return { run, artifact };
      }
      throw new Failure('EPROTO', `The server made a version of an unknown state, '${artifact.state}'.`);
    };
    try {
      return await attempt();
    } catch (error) {
      if (!isReused || !(error instanceof Failure) || error.code !== 'ENOENT') throw error;
      this.runs.forget(place);
      return attempt();
    }
  }

  private async upload(target: Target, plan: Plan, sending: Sending): Promise<void> {
    const { context } = this;
    const { signal } = sending;
    const [manifestId] = await Promise.all([
      step('Announcing the manifest failed', () => announceManifest(context, target, signal)),
      // Needed with the first files; it never fails.
      context.features.has(DIGEST_FEATURE),
    ]);
    const files = { artifactId: target.artifactId, manifestId, algorithm: plan.algorithm };
    const births = await this.uploads.upload(files, plan.uploads, sending);
    const entries = plan.entries.map((entry) => {
      const birthArtifactId = births.get(entry.path);
      return birthArtifactId === undefined ? entry : { ...entry, birthArtifactId };
    });
    await step('Uploading the manifest failed', () =>
      uploadManifest(context, { ...target, manifestId }, entries, signal),
    );
  }

  /** The moment in which the version appears. Where its answer is lost, the server is asked what became of it. */
  private async finish(id: string): Promise<VersionFactsFragment> {
    const { client } = this.context;
    try {
      const { commitArtifact } = await client.run(CommitArtifactDocument, { id });
      if (!commitArtifact)
        throw new Failure('EPROTO', "The server didn't answer with the committed version.");
      return commitArtifact.artifact;
    } catch (error) {
      const facts = await this.unlessUnreachable(id);
      if (facts?.state === 'COMMITTED') return facts;
      // Who never got an answer may yet have been understood.
      const isOpen = isWireFailure(error) && ['timeout', 'broken', 'empty'].includes(error.fault);
      throw failedAt(
        isOpen
          ? 'Committing the version failed, but it may yet appear; look before you commit again'
          : 'Committing the version failed',
        error,
      );
    }
  }

  private async unlessUnreachable(id: string): Promise<VersionFactsFragment | null> {
    try {
      return (await this.context.client.run(FindArtifactDocument, { id })).artifact;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      // What made this look necessary says more.
      return null;
    }
  }

  /** A version that was there already, with all the aliases that were asked for. */
  private async withAliases(
    place: CollectionName,
    facts: VersionFactsFragment,
    aliases: readonly string[],
  ): Promise<Membership> {
    const member = ownMembership(facts);
    const missing = member ? missingOf(member, aliases) : aliases;
    if (member && missing.length === 0) return member;
    await addAliases(this.context, { place, artifactId: facts.id, aliases: missing }, undefined);
    return this.lookUp(facts.id);
  }

  /** Versions get their numbers when they are committed; a server may take a moment to show it. */
  private async lookUp(id: string): Promise<Membership> {
    const { client } = this.context;
    const { clock } = client.api;
    for (let look = 1; look <= MOST_LOOKS; look++) {
      const { artifact } = await step('Looking the committed version up failed', () =>
        client.run(FindArtifactDocument, { id }),
      );
      const member = artifact && ownMembership(artifact);
      if (member) return member;
      if (look < MOST_LOOKS) await clock.sleep(FIRST_PAUSE_MS * 2 ** (look - 1), undefined);
    }
    throw new Failure('EIO', `The version was committed, but the server doesn't tell its number (id ${id}).`);
  }
}

/** Of what was just made nothing can be missing, unless somebody removed it. */
const MADE_GONE = [
  'ESTALE',
  'The collection, or the version that this one builds on, was deleted meanwhile; commit again.',
] as const;

const missingOf = (member: Membership, wanted: readonly string[]): readonly string[] => {
  const standing = new Set(member.aliases);
  return wanted.filter((alias) => !standing.has(alias));
};

function manifestTypeOf({ isIncremental, distributedId }: CheckedOptions): ArtifactManifestType {
  if (isIncremental) return 'INCREMENTAL';
  return distributedId === null ? 'FULL' : 'PATCH';
}

function outcomeOf(
  directory: TreePath,
  { id, digest }: VersionFactsFragment,
  member: Membership,
  deduplicated: boolean,
): Outcome {
  const { name: version, aliases } = member;
  return { version, id, digest, aliases, deduplicated, entries: membershipEntries(directory, member) };
}
