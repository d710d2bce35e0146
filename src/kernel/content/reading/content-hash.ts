import { createHash } from 'node:crypto';
import { createXXHash128, type IHasher } from 'hash-wasm';
import type { Entry } from '../../../contract/entry.js';

/** Of content that comes in order; what goes on from a copy leaves the other as it is. */
export interface ContentHash {
  update(bytes: Uint8Array): unknown;
  copy(): ContentHash;
  digest(encoding: 'base64'): string;
}

let xxh128: IHasher | null = null;
let isLoading = false;

/** Begins what takes a turn of the event loop: a read can't wait for it. */
export function prepareHashes(): void {
  if (isLoading) return;
  isLoading = true;
  createXXHash128().then(
    (hasher) => {
      xxh128 = hasher;
    },
    // Without WebAssembly the owner's reads of such content fail, and say so.
    () => {},
  );
}

/** The digest that an entry has of its content, by its algorithm; null: none that is known here. */
export function digestNameOf({ md5, version }: Entry): string | null {
  if (md5 !== null) return /^[A-Za-z0-9+/]{22}==$/.test(md5) ? `md5:${md5}` : null;
  return xxh128 !== null && version.startsWith('xxh128:') ? version : null;
}

export const hashFor = (digestName: string): ContentHash =>
  xxh128 !== null && digestName.startsWith('xxh128:')
    ? new SavedHash(xxh128, xxh128.init().save())
    : createHash('md5');

/** One hasher serves all: each goes on from the state that it saved. */
class SavedHash implements ContentHash {
  constructor(
    private readonly hasher: IHasher,
    private state: Uint8Array,
  ) {}

  update(bytes: Uint8Array): void {
    this.state = this.hasher.load(this.state).update(bytes).save();
  }

  copy(): ContentHash {
    return new SavedHash(this.hasher, this.state);
  }

  digest(encoding: 'base64'): string {
    return Buffer.from(this.hasher.load(this.state).digest('hex'), 'hex').toString(encoding);
  }
}
