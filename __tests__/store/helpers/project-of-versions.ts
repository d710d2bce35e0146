import type { FakeWandbOptions } from '../../../src/testing/index.js';
import { openArtifacts, type Setup } from './artifact-store.js';
import { FLOWERS } from './artifacts.js';

const TREE = {
  [FLOWERS]: {
    versions: [
      { files: { 'a.txt': 'hello', 'dir/b.txt': 'world' }, createdAt: 1_700_000_000_000 },
      { files: { 'a.txt': 'hello again' }, aliases: ['prod', 'v7x'] },
      { files: { 'a.txt': 'pending' }, state: 'PENDING' as const },
    ],
  },
  'lab/project/dataset/other': { versions: [{ files: { x: 'x' } }] },
  'lab/project/model/net': { versions: [{ files: { 'weights.bin': 'w' } }] },
  'lab/project/dataset/chosen': { links: [{ to: 'lab/project/flowers:v1', aliases: ['best'] }] },
};

/** A store before a server with what a project can hold of versions, aliases, and a portfolio. */
export const openProject = (server: FakeWandbOptions = {}): Promise<Setup> => openArtifacts(TREE, server);
