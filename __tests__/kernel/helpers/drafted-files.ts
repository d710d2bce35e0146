import { readSync } from 'node:fs';
import type { DraftFile } from '../../../src/contract/drafts.js';
import { Failure } from '../../../src/contract/failure.js';
import { digestManifest, sortedByPath } from '../../../src/store/artifacts/manifest/writer.js';
import { reading } from '../../../src/store/common/sources.js';
import { digestOf, type StoredFile } from './version-entries.js';
import type { Files, VersionTree } from './version-tree.js';

/** A draft's files as a version holds them. */
export async function drafted(files: readonly DraftFile[], tree: VersionTree): Promise<Files> {
  const made = new Map<string, StoredFile>();
  for (const file of files) {
    if (made.has(file.name)) throw new Failure('EINVAL');
    made.set(file.name, await stored(file, tree));
  }
  return made;
}

async function stored(file: DraftFile, tree: VersionTree): Promise<StoredFile> {
  if (file.kind === 'reference') {
    if (!/^[a-z]+:/.test(file.uri)) throw new Failure('EINVAL');
    return { uri: file.uri };
  }
  if (file.kind === 'copy') {
    const copied = tree.fileAt(file.origin);
    if (!copied) throw new Failure('ENOENT');
    return copied;
  }
  return reading(file.source, async (source) => {
    if (source.kind === 'bytes') return { bytes: Buffer.from(source.bytes).toString() };
    const bytes = Buffer.alloc(source.size);
    readSync(source.fd, bytes, 0, source.size, 0);
    return { bytes: bytes.toString() };
  });
}

export const digestFiles = (files: Files): Promise<string> =>
  digestManifest(sortedByPath([...files].map(([path, file]) => ({ path, digest: digestOf(file) }))), 'md5');
