import type { TreeShape } from '../../contract/tree-shape.js';

/** `<entity>/<project>/<run>/<file…>`: in a run files come, change and go. */
export const RUNS_SHAPE: TreeShape = {
  kind: 'runs',
  keeper: 'W&B',
  levels: [
    { name: 'entity', howMade: null },
    { name: 'project', howMade: '`mkdir` with `recursive: true` makes projects and the runs in them.' },
    { name: 'run', howMade: '`mkdir` makes runs.' },
  ],
  // There is no list of all entities, nor of all projects: the server tells the viewer's.
  partialDepth: 2,
  frozen: null,
  areUnitsImmutable: false,
  links: null,
  drafts: null,
  refusals: {
    file: 'Files live inside runs: write to /<entity>/<project>/<run>/<file>.',
    move: 'W&B can rename files within one run only; copy, then remove.',
    commit:
      'Run files have no versions: they are committed on the tree of artifacts, createWandbArtifactFs().',
    symlink: 'W&B runs hold no symbolic links; copy the file instead.',
  },
};
