import type { Entry } from '../../../contract/entry.js';
import type { TreePath } from '../../../contract/tree-path.js';
import { timeOf } from './nodes.js';

/** A directory of the server, as the wire tells of it. */
export interface DirectoryFacts {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt?: string | null | undefined;
  readonly lastActive?: string | null | undefined;
  readonly heartbeatAt?: string | null | undefined;
}

export function directoryEntry(path: TreePath, facts: DirectoryFacts): Entry {
  const { id, createdAt, updatedAt, lastActive, heartbeatAt } = facts;
  return {
    path,
    kind: 'directory',
    size: null,
    mtimeMs: timeOf(heartbeatAt ?? lastActive ?? updatedAt ?? createdAt),
    birthtimeMs: timeOf(createdAt),
    version: `directory:${id}`,
    md5: null,
    id,
    isReadOnly: false,
  };
}
