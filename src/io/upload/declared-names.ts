import type { TreePath } from '../../contract/tree-path.js';

/** Names that are remembered singly; of an owner that uploads for weeks the newest. */
const MOST_NAMES = 16_384;
const BITS = 2 ** 23;

/**
 * Names that the server may have, for they were declared to it, in bounded memory: of the oldest only marks are left, by which a
 * name can be taken for another. Whoever takes a name for declared asks the server; only the opposite would leave a file there.
 */
export class DeclaredNames {
  private readonly names: Set<TreePath>;
  private marks: Uint8Array | null = null;

  /** @param known names that a former owner may have declared */
  constructor(
    known: Iterable<TreePath> = [],
    private readonly most = MOST_NAMES,
  ) {
    this.names = new Set(known);
  }

  /** Names that are remembered singly. */
  get remembered(): number {
    return this.names.size;
  }

  has(name: TreePath): boolean {
    if (this.names.has(name)) return true;
    if (this.marks === null) return false;
    const { byte, bit } = markOf(name);
    return ((this.marks[byte] ?? 0) & bit) !== 0;
  }

  add(name: TreePath): void {
    this.names.delete(name);
    this.names.add(name);
    for (const oldest of this.names) {
      if (this.names.size <= this.most) return;
      const { byte, bit } = markOf(oldest);
      this.marks ??= new Uint8Array(BITS / 8);
      this.marks[byte] = (this.marks[byte] ?? 0) | bit;
      this.names.delete(oldest);
    }
  }

  /** The server doesn't have it any more. */
  delete(name: TreePath): void {
    this.names.delete(name);
  }
}

function markOf(name: string): { readonly byte: number; readonly bit: number } {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  const mark = (hash >>> 0) % BITS;
  return { byte: mark >>> 3, bit: 1 << (mark & 7) };
}
