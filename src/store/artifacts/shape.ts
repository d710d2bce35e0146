import type { TreeShape } from '../../contract/tree-shape.js';
import { aliasesOfCommit, checkAliasName, checkDraftName } from './names.js';

const OF_TYPES =
  'Types and collections come with their first version: `mkdir` with `recursive: true` makes a draft of it.';

/** `<entity>/<project>/<type>/<collection>/<version>/<file…>`, with aliases beside versions. */
export const ARTIFACTS_SHAPE: TreeShape = {
  kind: 'artifacts',
  keeper: 'W&B',
  levels: [
    { name: 'entity', howMade: null },
    { name: 'project', howMade: '`mkdir` makes projects.' },
    { name: 'artifact type', howMade: OF_TYPES, isImplicit: true },
    { name: 'collection', howMade: OF_TYPES, isImplicit: true },
    {
      name: 'version',
      howMade:
        '`mkdir` of a new name beside the versions makes a draft, and `fs.wandb.commit()` a version of that.',
      isImplicit: true,
    },
  ],
  // There is no list of all entities, nor of all projects: the server tells the viewer's.
  partialDepth: 2,
  frozen: {
    from: 5,
    reason:
      'A version never changes: copy it, or an alias of it, to a new name beside it (`cp` with `recursive: true`), which ' +
      'makes a draft; change that, and commit it.',
  },
  areUnitsImmutable: true,
  links: { target: 'An alias points to a version: …/<collection>/vN.' },
  drafts: {
    assertDraftName: checkDraftName,
    assertLinkName: checkAliasName,
    linksOfCommit: aliasesOfCommit,
    elsewhere: 'A draft is committed to the collection it is in; copy it to the other one.',
    edge: 'Both names of a hard link are in one draft: copy the file, or make a symbolic link; neither moves bytes.',
    beyond:
      'A version holds what its links lead to: files of the draft, of versions and of other drafts, or a URI.',
  },
  refusals: {
    file: 'Files live inside drafts: mkdir /<entity>/<project>/<type>/<collection>/<draft>, write into it, then commit it.',
    move: 'W&B can rename files within one draft only; copy, then remove.',
    commit: 'Only a draft can be committed: mkdir a new name beside the versions and write into it.',
    symlink:
      'Links are aliases, which stand beside versions and point to one, or references in a draft, which point to a URI.',
  },
};
