import type { FileRowFragment } from '../../wire/generated.js';
import type { Entry, TreePath } from '../contract.js';
import { contentVersion } from '../version.js';
import { filePath } from './places.js';

/** Rows that the service makes itself and lets nobody delete. */
export const isManifest = (name: string): boolean => /^artifact\/[^/]+\/wandb_manifest\.json$/.test(name);

/** The entry of a row; null for one that was declared and never uploaded. */
export function fileEntry(unit: TreePath, row: FileRowFragment): Entry | null {
  const { id, name, md5 = null, updatedAt, createdAt } = row;
  if (typeof updatedAt !== 'string') return null;
  // The service lists what it made itself without MD5 and with size 0, whatever its size.
  const size = md5 === null && Number(row.sizeBytes) === 0 ? null : Number(row.sizeBytes);
  const mtimeMs = timeOf(updatedAt);
  return {
    path: filePath(unit, name),
    kind: 'file',
    size,
    mtimeMs,
    birthtimeMs: createdAt ? timeOf(createdAt) : mtimeMs,
    version: contentVersion({ md5, size, updatedAt }),
    md5,
    id,
    isReadOnly: isManifest(name),
  };
}

/** An entity, a project or a run, as the wire tells of it. */
interface DirectoryFacts {
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

/** W&B tells times in UTC, with 'Z' and without. */
function timeOf(text: string): number {
  const isZoned = /(Z|[+-]\d\d:?\d\d)$/i.test(text);
  const time = Date.parse(isZoned ? text : `${text}Z`);
  return Number.isNaN(time) ? 0 : time;
}

/** Nodes of a connection, without the gaps that GraphQL allows. */
export const nodesOf = <T>(
  connection: { readonly edges: readonly { readonly node?: T | null }[] } | null | undefined,
): T[] => (connection?.edges ?? []).flatMap(({ node }) => node ?? []);
