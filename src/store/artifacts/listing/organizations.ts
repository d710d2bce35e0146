import type { Entry } from '../../../contract/entry.js';
import { Failure } from '../../../contract/failure.js';
import {
  FindEntityDocument,
  ViewerAndOrganizationsDocument,
  type ViewerAndOrganizationsQuery,
  ViewerDocument,
} from '../../../wire/generated.js';
import { isSchemaRefusal, type StoreContext } from '../../common/context.js';
import { nodesOf } from '../../common/rows.js';
import { sharedLoads } from '../../common/turn-batch.js';
import { entitiesOf } from '../../common/upper-levels.js';

const REGISTRY = 'wandb-registry-';

export const isRegistry = (project: string): boolean => project.startsWith(REGISTRY);

type Viewer = ViewerAndOrganizationsQuery['viewer'];

/** Organizations are seldom made. */
const KNOWN_MS = 10 * 60_000;

/**
 * An organization has a name that people see, and an entity that its registry projects live under. The tree lists the
 * entity, and finds both.
 */
export class Organizations {
  private entityOf: ReadonlyMap<string, string> = new Map();
  private readonly resolved = new Map<string, string>();
  private readonly learnOnce = sharedLoads<Viewer>((_, signal) => this.learn(signal));
  private learnedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly context: StoreContext) {}

  /** The viewer's entities, teams and organizations. */
  async list(signal: AbortSignal | undefined): Promise<readonly Entry[]> {
    const viewer = await this.learn(signal);
    const organizations = viewer?.organizations.flatMap(({ orgEntity }) => orgEntity ?? []);
    return entitiesOf(viewer, organizations);
  }

  /**
   * Asks for something below an entity; if there is nothing, and the name is that of an organization, below the
   * organization's entity.
   */
  async below<T>(
    entity: string,
    signal: AbortSignal | undefined,
    ask: (entity: string) => Promise<T | null>,
  ): Promise<T | null> {
    const known = this.entityOf.get(entity);
    if (known !== undefined) return ask(known);
    const found = await ask(entity);
    if (found !== null || this.now() - this.learnedAt < KNOWN_MS) return found;
    await this.learnOnce('', signal);
    const meant = this.entityOf.get(entity);
    return meant === undefined ? null : ask(meant);
  }

  /** The server's name of an entity that is there; each is asked for once. Rejects with ENOENT without one. */
  private async resolve(name: string, signal: AbortSignal | undefined): Promise<string> {
    const known = this.resolved.get(name) ?? this.entityOf.get(name);
    if (known !== undefined) return known;
    const { client } = this.context;
    const found = await this.below(name, signal, async (entity) => {
      const answer = await client.run(FindEntityDocument, { entity }, { signal });
      return answer.entity?.name ?? null;
    });
    if (found === null) throw new Failure('ENOENT', `There is no organisation or entity '${name}'.`);
    this.resolved.set(name, found);
    return found;
  }

  /** The same name with the entity that the server knows: registries are found under two. */
  async serverName<T extends { readonly entity: string; readonly project: string }>(
    name: T,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    return isRegistry(name.project) ? { ...name, entity: await this.resolve(name.entity, signal) } : name;
  }

  private async learn(signal: AbortSignal | undefined): Promise<Viewer> {
    const viewer = await this.ask(signal);
    this.learnedAt = this.now();
    // An entity that is called as an organization is itself.
    const taken = new Set([viewer?.entity, ...nodesOf(viewer?.teams).map(({ name }) => name)]);
    const names = viewer?.organizations.flatMap(({ name, orgEntity }): [string, string][] =>
      orgEntity && orgEntity.name !== name && !taken.has(name) ? [[name, orgEntity.name]] : [],
    );
    this.entityOf = new Map(names);
    return viewer;
  }

  private async ask(signal: AbortSignal | undefined): Promise<Viewer> {
    const { client } = this.context;
    try {
      return (await client.run(ViewerAndOrganizationsDocument, {}, { signal })).viewer;
    } catch (error) {
      if (!isSchemaRefusal(error)) throw error;
      // A server without organizations.
      const { viewer } = await client.run(ViewerDocument, {}, { signal });
      return viewer && { ...viewer, organizations: [] };
    }
  }

  private now(): number {
    return this.context.client.api.clock.now();
  }
}
