import { Failure } from '../../contract/failure.js';
import { REGISTRY_PATH, USE_ARTIFACTS, USE_RUNS } from './notations.js';

/** How the paths of a tree are written elsewhere. */
export interface Layout {
  /** As in the addresses of the Python adapter: `wandbfs://entity/project/run/file`. */
  readonly scheme: 'wandbfs' | 'wandbas';
  /** What stands at depth 1, 2…, down to the units. */
  readonly levels: readonly string[];
  /** How what stands at a depth is made; null where that can't be. */
  howMade(depth: number): string | null;
  /** The path in the W&B app, of a path in the tree; both by their segments. */
  toApp(segments: readonly string[]): readonly string[];
  /**
   * The path in the tree, of a page of the W&B app; what only the page has (such as a tab) is left out. Throws ENOENT,
   * with the right form, for what is shown elsewhere.
   */
  fromApp(segments: readonly string[]): readonly string[];
  /** A tree path in which the SDK's `collection:version` is taken for the two names that it stands for. */
  fromSdk(segments: readonly string[]): readonly string[];
}

/** `/<entity>/<project>/<kind>/<name…>/files/<file…>`, with the names of the unit below the project. */
function layout(
  scheme: Layout['scheme'],
  kind: string,
  other: { readonly kind: string; readonly advice: string },
  { levels, made }: { readonly levels: readonly string[]; readonly made: readonly (string | null)[] },
): Layout {
  const depth = levels.length - 2;
  return {
    scheme,
    levels,
    howMade: (at) => made[at - 1] ?? null,
    toApp(segments) {
      const [unit, file] = [segments.slice(2, 2 + depth), segments.slice(2 + depth)];
      return [
        ...segments.slice(0, 2),
        ...(unit.length > 0 ? [kind, ...unit] : []),
        ...(file.length > 0 ? ['files', ...file] : []),
      ];
    },
    fromApp(segments) {
      if (segments[0] === 'orgs' || segments[0] === 'registry') return fromRegistry(segments, scheme);
      const project = segments.slice(0, 2);
      if (segments[2] === other.kind && segments.length > 3) throw new Failure('ENOENT', other.advice);
      if (segments[2] !== kind) return project;
      const unit = segments.slice(3, 3 + depth);
      const file = segments[3 + depth] === 'files' ? segments.slice(4 + depth) : [];
      return [...project, ...unit, ...file];
    },
    // No collection has a ':' in its name; above it a type may.
    fromSdk(segments) {
      const [collection, version, ...others] = levels.length === 5 ? (segments[3]?.split(':') ?? []) : [];
      if (!collection || !version || others.length > 0) return segments;
      return [...segments.slice(0, 3), collection, version, ...segments.slice(4)];
    },
  };
}

/** `orgs/<organization>/registry/<name>`: the page tells collections by a query, and of types nothing. */
function fromRegistry(
  [orgs, organization, registry, name]: readonly string[],
  scheme: Layout['scheme'],
): readonly string[] {
  if (scheme !== 'wandbas')
    throw new Failure('ENOENT', `This is an address of a registry: ${USE_ARTIFACTS}.`);
  if (orgs !== 'orgs' || organization === undefined || registry !== 'registry' || name === undefined) {
    throw new Failure('ENOENT', `This page shows no path; a registry's is '${REGISTRY_PATH}'.`);
  }
  return [organization, `wandb-registry-${name}`];
}

const RUNS_ELSEWHERE = { kind: 'runs', advice: `This is an address of run files: ${USE_RUNS}.` };
const ARTIFACTS_ELSEWHERE = {
  kind: 'artifacts',
  advice: `This is an address of artifacts: ${USE_ARTIFACTS}.`,
};

export const RUNS = layout('wandbfs', 'runs', ARTIFACTS_ELSEWHERE, {
  levels: ['entity', 'project', 'run'],
  made: [null, '`mkdir` with `recursive: true` makes projects and the runs in them.', '`mkdir` makes runs.'],
});

const OF_TYPES =
  'Types and collections come with their first version: `mkdir` with `recursive: true` makes a draft of it.';
export const ARTIFACTS = layout('wandbas', 'artifacts', RUNS_ELSEWHERE, {
  levels: ['entity', 'project', 'artifact type', 'collection', 'version'],
  made: [
    null,
    '`mkdir` makes projects.',
    OF_TYPES,
    OF_TYPES,
    '`mkdir` of a new name beside the versions makes a draft, and `fs.wandb.commit()` a version of that.',
  ],
});
