import type { WandbArtifactFsOptions } from '../../../src/config/options.js';
import type { SeedReference } from '../../../src/testing/index.js';
import { openArtifacts, type Setup } from './artifact-store.js';
import { FLOWERS } from './artifacts.js';

export const V0 = `${FLOWERS}/v0`;

/** A store with one version, `V0`, that refers to content elsewhere. */
export const openReferences = (
  references: Record<string, SeedReference>,
  options: WandbArtifactFsOptions = {},
): Promise<Setup> => openArtifacts({ [FLOWERS]: { versions: [{ references }] } }, {}, options);
