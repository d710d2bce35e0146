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
  /** The path in the tree, of a page of the W&B app; what only the page has (such as a tab) is left out. */
  fromApp(segments: readonly string[]): readonly string[];
}

/** `/<entity>/<project>/<kind>/<name…>/files/<file…>`, with the names of the unit below the project. */
function layout(
  scheme: Layout['scheme'],
  kind: string,
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
      const project = segments.slice(0, 2);
      if (segments[2] !== kind) return project;
      const unit = segments.slice(3, 3 + depth);
      const file = segments[3 + depth] === 'files' ? segments.slice(4 + depth) : [];
      return [...project, ...unit, ...file];
    },
  };
}

export const RUNS = layout('wandbfs', 'runs', {
  levels: ['entity', 'project', 'run'],
  made: [null, '`mkdir` with `recursive: true` makes projects and the runs in them.', '`mkdir` makes runs.'],
});

const OF_TYPES =
  'Types and collections come with their first version: `mkdir` with `recursive: true` makes a draft of it.';
export const ARTIFACTS = layout('wandbas', 'artifacts', {
  levels: ['entity', 'project', 'artifact type', 'collection', 'version'],
  made: [
    null,
    '`mkdir` makes projects.',
    OF_TYPES,
    OF_TYPES,
    '`mkdir` of a new name beside the versions makes a draft, and `fs.wandb.commit()` a version of that.',
  ],
});
