import { createWandbArtifactFs } from 'wandb-fs';

/** What the sources import from W&B: the versions of a model, and its aliases. */
export const mounts = {
  '/wandb/classifier': createWandbArtifactFs({ root: 'vision-lab/flower-classifier/model/classifier' }),
};
