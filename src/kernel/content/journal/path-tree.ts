import { isBelow, joinPath, ROOT, segmentsOf, type TreePath } from '../../../contract/tree-path.js';

interface Node<T> {
  value: T | null;
  children: Map<string, Node<T>> | null;
}

/** Values by tree path; what lies below a path goes and moves with it, at the cost of what lies there. */
export class PathTree<T> {
  private readonly root: Node<T> = { value: null, children: null };

  get(path: TreePath): T | null {
    return this.find(segmentsOf(path))?.value ?? null;
  }

  set(path: TreePath, value: T): void {
    let node = this.root;
    for (const name of segmentsOf(path)) {
      node.children ??= new Map();
      let child = node.children.get(name);
      if (!child) {
        child = { value: null, children: null };
        node.children.set(name, child);
      }
      node = child;
    }
    node.value = value;
  }

  /** Takes the path and all below it out; returns the values that stood there. */
  remove(path: TreePath): T[] {
    return valuesOf(this.detach(path));
  }

  /** Moves the path and all below it in the place of what `to` and all below it hold; returns what was replaced. */
  move(from: TreePath, to: TreePath): T[] {
    if (from === to) return [];
    if (isBelow(to, from)) throw new Error('a path moves below itself');
    const moved = this.detach(from);
    const replaced = this.remove(to);
    if (moved) for (const [below, value] of entriesOf(moved, to)) this.set(below, value);
    return replaced;
  }

  /** Is there a value at the path or below it? */
  holds(path: TreePath): boolean {
    return this.find(segmentsOf(path)) !== null;
  }

  entries(): Generator<[TreePath, T]> {
    return entriesOf(this.root, ROOT);
  }

  private find(segments: readonly string[]): Node<T> | null {
    let node: Node<T> | undefined = this.root;
    for (const name of segments) node = node?.children?.get(name);
    return node ?? null;
  }

  /** Nodes that hold nothing any more go too: a tree is as large as what it holds. */
  private detach(path: TreePath): Node<T> | null {
    const segments = segmentsOf(path);
    const last = segments.pop();
    if (last === undefined) {
      const all = { ...this.root };
      this.root.value = null;
      this.root.children = null;
      return all;
    }
    const above = [this.root];
    for (const name of segments) {
      const child = above.at(-1)?.children?.get(name);
      if (!child) return null;
      above.push(child);
    }
    const found = above.at(-1)?.children?.get(last) ?? null;
    if (!found) return null;
    for (let name: string | undefined = last; name !== undefined; name = segments.pop()) {
      const parent = above.pop();
      parent?.children?.delete(name);
      if (!parent || parent.value !== null || parent.children?.size) break;
    }
    return found;
  }
}

function* entriesOf<T>(node: Node<T>, path: TreePath): Generator<[TreePath, T]> {
  if (node.value !== null) yield [path, node.value];
  for (const [name, child] of node.children ?? []) yield* entriesOf(child, joinPath(path, name));
}

const valuesOf = <T>(node: Node<T> | null): T[] =>
  node ? [...entriesOf(node, ROOT)].map(([, value]) => value) : [];
