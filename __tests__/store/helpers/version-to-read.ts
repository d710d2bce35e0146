import type { FakeWandbOptions } from '../../../src/testing/index.js';
import { openArtifacts, type Setup } from './artifact-store.js';
import { FLOWERS } from './artifacts.js';

/** A file whose content is '0123456789'. */
export const DIGITS = `${FLOWERS}/v0/a.txt`;
const TREE = {
  [FLOWERS]: { versions: [{ files: { 'a.txt': '0123456789', 'dir/b.txt': 'world', empty: '' } }] },
};

export const openVersion = (server: FakeWandbOptions = {}): Promise<Setup> => openArtifacts(TREE, server);
