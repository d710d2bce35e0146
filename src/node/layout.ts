/** How the paths of a tree are written elsewhere. */
export interface Layout {
  /** As in the addresses of the Python adapter: `wandbfs://entity/project/run/file`. */
  readonly scheme: 'wandbfs' | 'wandbas';
  /** The path in the W&B app, of a path in the tree; both by their segments. */
  toApp(segments: readonly string[]): readonly string[];
  /** The path in the tree, of a page of the W&B app; what only the page has (such as a tab) is left out. */
  fromApp(segments: readonly string[]): readonly string[];
}

/** `/<entity>/<project>/<kind>/<name…>/files/<file…>`, with `depth` names of the unit below the project. */
function layout(scheme: Layout['scheme'], kind: string, depth: number): Layout {
  return {
    scheme,
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

export const RUNS = layout('wandbfs', 'runs', 1);
export const ARTIFACTS = layout('wandbas', 'artifacts', 3);
