import { type ArtifactsConfig, resolveArtifactsConfig } from '../../../src/config/artifacts.js';
import { resolveConfig } from '../../../src/config/config.js';
import type { WandbFsOptions } from '../../../src/config/options.js';
import type { DraftFile } from '../../../src/contract/drafts.js';
import { Failure } from '../../../src/contract/failure.js';
import { treePath } from '../../../src/contract/tree-path.js';
import { ArtifactsContext } from '../../../src/store/artifacts/context.js';
import { createArtifactWriting } from '../../../src/store/artifacts/writing/create.js';
import {
  ARTIFACT_FEATURES,
  type FakeWandb,
  type FakeWandbOptions,
  type RequestRecord,
  RUN_FEATURES,
} from '../../../src/testing/index.js';
import type { WireDependencies } from '../../../src/wire/api/api.js';
import { WireClient } from '../../../src/wire/api/client.js';
import { STANDARD, startServer } from '../../helpers/server.js';

/** The server as it is without variations, artifacts included. */
export const ARTIFACT_STANDARD = {
  ...STANDARD,
  features: [...RUN_FEATURES, ...ARTIFACT_FEATURES],
} as const satisfies FakeWandbOptions;

export const PROJECT = 'lab/project';
export const FLOWERS = `${PROJECT}/dataset/flowers`;

type ArtifactWriting = ReturnType<typeof createArtifactWriting>;
type Outcome = Awaited<ReturnType<ArtifactWriting['commit']>>;

/** A server, the writing half of a store before it, and what tests ask of both. */
export class Bench implements AsyncDisposable {
  readonly writing: ArtifactWriting;
  private readonly client: WireClient;

  private constructor(
    readonly wandb: FakeWandb,
    private readonly options: WandbFsOptions,
    private readonly artifacts: Partial<ArtifactsConfig>,
    private readonly isOwner: boolean,
    dependencies: WireDependencies = {},
  ) {
    const given = { baseUrl: wandb.url, apiKey: wandb.apiKey, ...options };
    const wire = resolveConfig(given, { HOME: '/nonexistent' }).wire.reveal();
    const config = { ...resolveArtifactsConfig({}).artifacts, ...artifacts };
    this.client = new WireClient(wire, dependencies);
    this.writing = createArtifactWriting(new ArtifactsContext(this.client, config));
  }

  static async start(
    server: FakeWandbOptions = {},
    options: WandbFsOptions = {},
    artifacts: Partial<ArtifactsConfig> = {},
  ): Promise<Bench> {
    const wandb = await startServer({ ...ARTIFACT_STANDARD, ...server });
    await wandb.seed({ [`${PROJECT}/seeded`]: {} });
    return new Bench(wandb, options, artifacts, true);
  }

  /** Another store before the same server, as of another process. */
  another(options: WandbFsOptions = this.options, dependencies: WireDependencies = {}): Bench {
    return new Bench(this.wandb, options, this.artifacts, false, dependencies);
  }

  commit(
    files: Readonly<Record<string, string | Uint8Array>> | readonly DraftFile[],
    options: Parameters<ArtifactWriting['commit']>[1] = {},
    collection = FLOWERS,
  ): Promise<Outcome> {
    const drafts = Array.isArray(files) ? (files as readonly DraftFile[]) : contentsOf(files as never);
    return this.writing.commit({ collection: treePath(collection), files: drafts }, options);
  }

  /** The text of a version's files by name. */
  async files(name = 'flowers'): Promise<Record<string, string>> {
    const files = await this.wandb.artifactFiles(`${PROJECT}/${name}`);
    return Object.fromEntries(
      Object.entries(files).map(([path, bytes]) => [path, Buffer.from(bytes).toString()]),
    );
  }

  /** The requests of a piece of work. */
  async requestsOf(work: () => Promise<unknown>): Promise<readonly RequestRecord[]> {
    await this.wandb.requests({ clear: true });
    await work();
    return this.wandb.requests();
  }

  /** Any query, past the code that is tested. */
  async query<T>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<T> {
    const response = await fetch(`${this.wandb.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from(`api:${this.wandb.apiKey}`).toString('base64')}`,
      },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data: T; errors?: unknown };
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }

  /** Versions of a collection, by their names in it, with the aliases of each. */
  async versions(collection = FLOWERS): Promise<Record<string, string[]>> {
    const [entity, project, , name] = collection.split('/');
    const { project: found } = await this.query<{
      project: {
        artifactCollection: {
          artifactMemberships: {
            edges: { node: { versionIndex: number; aliases: { alias: string }[] } }[];
          };
        } | null;
      };
    }>(
      `query Versions($entity: String!, $project: String!, $name: String!) {
        project(name: $project, entityName: $entity) { artifactCollection(name: $name) {
          artifactMemberships(first: 1000) { edges { node { versionIndex aliases { alias } } } } } } }`,
      { entity, project, name },
    );
    const edges = found.artifactCollection?.artifactMemberships.edges ?? [];
    return Object.fromEntries(
      edges
        .map(({ node }) => [node.versionIndex, node.aliases.map(({ alias }) => alias).sort()] as const)
        .sort(([a], [b]) => a - b)
        .map(([index, aliases]) => [`v${index}`, aliases]),
    );
  }

  /** The manifest of a version, as it is stored. */
  async manifest(
    name: string,
    [entity, project]: readonly (string | undefined)[] = PROJECT.split('/'),
  ): Promise<{ contents: Record<string, Record<string, unknown>> }> {
    const answer = await this.query<{
      project: {
        artifactCollectionMembership: {
          artifact: { currentManifest: { file: { directUrl: string } } };
        } | null;
      };
    }>(
      `query Manifest($entity: String!, $project: String!, $name: String!) {
        project(name: $project, entityName: $entity) { artifactCollectionMembership(name: $name) {
          artifact { currentManifest { file { directUrl } } } } } }`,
      { entity, project, name },
    );
    const found = answer.project.artifactCollectionMembership;
    if (!found) throw new Failure('ENOENT');
    return (await fetch(found.artifact.currentManifest.file.directUrl)).json() as never;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
    if (this.isOwner) await this.wandb.close();
  }
}

export const contentsOf = (files: Readonly<Record<string, string | Uint8Array>>): DraftFile[] =>
  Object.entries(files).map(([name, content]) => ({
    name,
    kind: 'content',
    source: { kind: 'bytes', bytes: typeof content === 'string' ? Buffer.from(content) : content },
  }));

export const many = (count: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `d${index % 7}/f${index}`,
      `${index}`.repeat(1000).slice(0, 1024),
    ]),
  );

/** How often each kind of request was made: GraphQL by operation, PUTs by what they carry. */
export function counted(requests: readonly RequestRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { side, method, operation, path } of requests) {
    const name =
      operation ?? (side === 'api' ? `${method} ${path.split('/').at(-1)}` : nameOfPut(method, path));
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

const nameOfPut = (method: string, path: string): string =>
  `${method} ${path.includes('/manifests/') ? 'manifest' : 'content'}`;
