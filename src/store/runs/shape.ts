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

/** Of what is known of a run and is no file of it, in each run, with the option `views`. */
export const VIEWS_DIRECTORY = '.wandb';

/** Runs with their views. */
export const VIEWED_RUNS_SHAPE: TreeShape = {
  ...RUNS_SHAPE,
  frozen: {
    from: RUNS_SHAPE.levels.length + 1,
    within: VIEWS_DIRECTORY,
    reason: `What is in ${VIEWS_DIRECTORY} is made of what W&B knows of the run (the option \`views\`): it can only be read. Leave it out of what is copied or removed, or do without that option.`,
  },
};
