import type { FileFacts } from '../../../contract/knowledge/facts.js';
import { depthOf, isAtOrBelow, joinPath, type TreePath, withoutSlash } from '../../../contract/tree-path.js';
import type { Operation } from '../../../kernel/operation/operation.js';
import { failure } from '../../arguments/errors.js';
import type { Place } from '../../arguments/paths.js';
import { invokeAt, placeOf, type Tree } from '../../tree.js';
import { info, type WandbInfo } from '../info.js';
import { get } from '../transfers/get.js';

/** A tree as one who records it sees it: by tree paths. What fails says the path as the tree's user writes it. */
export class Source {
  readonly kind: 'runs' | 'artifacts';
  /** What is above `root` is recorded, too, and so is what links lead to. */
  private readonly tree: Tree;

  constructor(
    private readonly given: Tree,
    readonly signal: AbortSignal | undefined,
  ) {
    this.kind = given.mount.layout.shape.kind === 'runs' ? 'runs' : 'artifacts';
    this.tree = given.whole();
  }

  /** As the tree's user writes it, if it is in his part of the tree. */
  show(path: TreePath): string {
    const { mount } = this.given;
    return (isAtOrBelow(path, mount.top) ? mount : this.tree.mount).show(path);
  }

  /** What a path of the user's leads to, aliases followed; ENOENT where there is nothing. */
  locate(given: string): Promise<TreePath> {
    const place = placeOf(this.given, given, 'paths');
    return this.step('record', place, (op, at) => this.tree.kernel.realpath(op, withoutSlash(at)));
  }

  private placeOf(path: TreePath): Place {
    return placeOf(this.tree, this.pathOf(path));
  }

  private pathOf(path: TreePath): string {
    return this.tree.mount.show(path);
  }

  async facts<Kind extends WandbInfo['kind']>(
    path: TreePath,
    kind: Kind,
  ): Promise<Extract<WandbInfo, { kind: Kind }>> {
    const facts = await this.tree.calls.drive(info(this.tree, this.pathOf(path), this.signal));
    if (isOfKind(facts, kind)) return facts;
    throw this.refusal('EINVAL', path, `It is no ${kind}, but a ${facts.kind}.`);
  }

  /** What is in a directory, in its order. */
  names(path: TreePath): Promise<readonly { readonly name: string; readonly kind: string }[]> {
    const place = this.placeOf(path);
    return this.step('scandir', place, (op, at) => this.tree.kernel.readdir(op, at));
  }

  async directories(path: TreePath): Promise<TreePath[]> {
    const names = await this.names(path);
    return names.filter(({ kind }) => kind === 'directory').map(({ name }) => joinPath(path, name));
  }

  /** All files below a directory, references among them. What is made here of what else is recorded isn't. */
  async files(path: TreePath): Promise<TreePath[]> {
    const found: TreePath[] = [];
    const { frozen } = this.tree.mount.layout.shape;
    for (const { name, kind } of await this.names(path)) {
      const at = joinPath(path, name);
      if (name === frozen?.within && depthOf(at) === frozen.from) continue;
      if (kind === 'directory') found.push(...(await this.files(at)));
      else found.push(at);
    }
    return found;
  }

  /** What the listing tells of a file, and its size, for which the storage is asked where nobody has told it. */
  listed(path: TreePath): Promise<FileFacts> {
    const place = this.placeOf(path);
    return this.step('record', place, (op, at) => this.tree.kernel.listed(op, at));
  }

  /** Copies a file to this disk, compared with W&B's digest. */
  copy(path: TreePath, to: string): Promise<void> {
    return this.tree.calls.drive(get(this.tree, this.pathOf(path), to, { signal: this.signal }));
  }

  refusal(code: 'EINVAL' | 'EPROTO', path: TreePath, detail: string): Error {
    return failure(code, { syscall: 'record', path: this.show(path) }, detail);
  }

  private step<T>(syscall: string, place: Place, run: (op: Operation, at: TreePath) => T): Promise<T> {
    return this.tree.calls.drive(invokeAt(syscall, place, run, { signal: this.signal }));
  }
}

const isOfKind = <Kind extends WandbInfo['kind']>(
  facts: WandbInfo,
  kind: Kind,
): facts is Extract<WandbInfo, { kind: Kind }> => facts.kind === kind;
