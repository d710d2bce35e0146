import { createHash } from 'node:crypto';
import type { Entry } from '../../../src/contract/entry.js';
import type { TreePath } from '../../../src/contract/tree-path.js';

/** A file of a version in memory: bytes, or a reference. */
export interface StoredFile {
  readonly bytes?: string;
  readonly uri?: string;
  readonly refusal?: string;
}

/** What a store of versions in memory shows; all of it was made when the store was. */
export class VersionEntries {
  private readonly facts = { md5: null, id: 'id', isReadOnly: false, ...timesOf(Date.now()) } as const;

  /** @param generation tells what was made under one name at different times */
  directory(path: TreePath, generation: number): Entry {
    return { ...this.facts, path, kind: 'directory', size: null, version: `directory:${generation}` };
  }

  alias(path: TreePath, target: string): Entry {
    const size = Buffer.byteLength(target);
    return { ...this.facts, path, kind: 'symlink', target, size, version: `alias:${target}` };
  }

  file(path: TreePath, { bytes = '', uri, refusal }: StoredFile): Entry {
    if (uri !== undefined) {
      return { ...this.facts, path, kind: 'symlink', target: uri, refusal, size: 9, version: `uri:${uri}` };
    }
    const md5 = digestOf({ bytes });
    return { ...this.facts, path, kind: 'file', size: Buffer.byteLength(bytes), version: `md5:${md5}`, md5 };
  }
}

const timesOf = (at: number) => ({ mtimeMs: at, birthtimeMs: at });

/** Base64 MD5 of content; a reference is named by its address. */
export const digestOf = ({ bytes = '', uri }: StoredFile): string =>
  uri ?? createHash('md5').update(bytes).digest('base64');
