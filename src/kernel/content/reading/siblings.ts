import type { Inode } from '../../namespace/inode.js';

/** Names of a directory that are put in order at once: a directory may have a hundred thousand. */
const MOST_SORTED = 128;

/**
 * The files of a unit in the order in which they are likely to be read after one of them: those behind it in its
 * directory as that is listed, those before it, the nearest first, those below it, and so on a level up, to the unit's own.
 */
export function* filesAfter(file: Inode, unit: Inode): Generator<Inode> {
  const { parent, name } = file;
  if (!parent) return;
  yield* childrenOf(parent, isFile, name);
  yield* childrenOf(parent, isFile, name, isBehind);
  for (const child of childrenOf(parent, isDirectory)) yield* filesIn(child);
  for (let at = parent; at !== unit && at.parent; at = at.parent) {
    const { name: own, parent: above } = at;
    for (const child of childrenOf(above, isDirectory, own)) yield* filesIn(child);
    yield* childrenOf(above, isFile);
    for (const child of childrenOf(above, isDirectory, own, isBehind)) yield* filesIn(child);
  }
}

function* filesIn(directory: Inode): Generator<Inode> {
  yield* childrenOf(directory, isFile);
  for (const child of childrenOf(directory, isDirectory)) yield* filesIn(child);
}

type Kind = (inode: Inode) => boolean;
const isFile: Kind = (inode) => !inode.isDirectory;
const isDirectory: Kind = (inode) => inode.isDirectory;

/** Does one name come before the other? */
type Order = (one: string, other: string) => boolean;
const isBefore: Order = (one, other) => one < other;
const isBehind: Order = (one, other) => one > other;

/** In order, from the next to a name on. What is gone when its turn comes is left out. */
function* childrenOf(
  directory: Inode,
  kind: Kind,
  name: string | null = null,
  comesBefore = isBefore,
): Generator<Inode> {
  for (let from = name; ; ) {
    const next = nearest(directory, kind, from, comesBefore);
    for (const inode of next) if (inode.parent === directory) yield inode;
    const last = next.at(-1);
    if (!last || next.length < MOST_SORTED) return;
    from = last.name;
  }
}

/** The next to a name, by one look at each. */
function nearest({ children }: Inode, kind: Kind, from: string | null, comesBefore: Order): readonly Inode[] {
  const sorted: Inode[] = [];
  for (const [name, inode] of children ?? []) {
    if ((from !== null && !comesBefore(from, name)) || !kind(inode)) continue;
    const last = sorted.at(-1);
    const isNext = !last || comesBefore(last.name, name);
    if (sorted.length === MOST_SORTED) {
      if (isNext) continue;
      sorted.pop();
    }
    sorted.splice(isNext ? sorted.length : placeOf(sorted, name, comesBefore), 0, inode);
  }
  return sorted;
}

/** Of a name among others that are in order. */
function placeOf(sorted: readonly Inode[], name: string, comesBefore: Order): number {
  let low = 0;
  for (let high = sorted.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (comesBefore((sorted[middle] as Inode).name, name)) low = middle + 1;
    else high = middle;
  }
  return low;
}
