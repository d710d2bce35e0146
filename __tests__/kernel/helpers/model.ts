/** A file's content: handles hold it, names come and go. */
export interface ModelFile {
  text: string;
}

/** What a directory tree holds, plainly: the judge of what a kernel answers. */
export class Model {
  /** undefined: a directory. */
  private readonly nodes = new Map<string, ModelFile | undefined>();

  constructor(readonly root: string) {
    this.nodes.set(root, undefined);
  }

  has(path: string): boolean {
    return this.nodes.has(path);
  }

  isDirectory(path: string): boolean {
    return this.nodes.has(path) && this.nodes.get(path) === undefined;
  }

  parent(path: string): string {
    return path.slice(0, path.lastIndexOf('/'));
  }

  names(path: string): string[] {
    return [...this.nodes.keys()]
      .filter((name) => name !== this.root && this.parent(name) === path)
      .map((name) => name.slice(path.length + 1))
      .sort();
  }

  files(): Map<string, string> {
    return new Map([...this.nodes].flatMap(([path, file]) => (file ? [[path, file.text] as const] : [])));
  }

  /** The file at a path, or why it can't be opened. */
  open(path: string): ModelFile | string {
    return this.nodes.get(path) ?? (this.has(path) ? 'EISDIR' : this.missing(path));
  }

  read(path: string): string {
    const file = this.nodes.get(path);
    if (file) return file.text;
    return this.has(path) ? 'EISDIR' : this.missing(path);
  }

  write(path: string, text: string): string {
    if (this.isDirectory(path)) return 'EISDIR';
    if (!this.has(path) && !this.isDirectory(this.parent(path))) return this.missing(path);
    const file = this.nodes.get(path);
    if (file) file.text = text;
    else this.nodes.set(path, { text });
    return 'success';
  }

  append(path: string, text: string): string {
    const before = this.nodes.get(path);
    return this.write(path, (before?.text ?? '') + text);
  }

  unlink(path: string): string {
    if (!this.has(path)) return this.missing(path);
    if (this.isDirectory(path)) return 'EISDIR';
    this.nodes.delete(path);
    return 'success';
  }

  mkdir(path: string): string {
    if (this.has(path)) return 'EEXIST';
    if (!this.isDirectory(this.parent(path))) return this.missing(path);
    this.nodes.set(path, undefined);
    return 'success';
  }

  rmdir(path: string): string {
    if (!this.has(path)) return this.missing(path);
    if (!this.isDirectory(path)) return 'ENOTDIR';
    if (this.names(path).length > 0) return 'ENOTEMPTY';
    this.nodes.delete(path);
    return 'success';
  }

  removeTree(path: string): string {
    if (!this.has(path)) return this.missing(path);
    if (!this.isDirectory(path)) return 'ENOTDIR';
    for (const name of [...this.nodes.keys()])
      if (name === path || name.startsWith(`${path}/`)) this.nodes.delete(name);
    return 'success';
  }

  rename(from: string, to: string): string {
    if (!this.isDirectory(this.parent(from))) return this.missing(from);
    if (!this.isDirectory(this.parent(to))) return this.missing(to);
    if (!this.has(from)) return 'ENOENT';
    if (from === to) return 'success';
    if (from.startsWith(`${to}/`)) return 'ENOTEMPTY';
    const isDirectory = this.isDirectory(from);
    if (isDirectory && to.startsWith(`${from}/`)) return 'EINVAL';
    if (this.has(to)) {
      if (isDirectory && !this.isDirectory(to)) return 'ENOTDIR';
      if (!isDirectory && this.isDirectory(to)) return 'EISDIR';
      if (isDirectory && this.names(to).length > 0) return 'ENOTEMPTY';
    }
    for (const [name, file] of [...this.nodes]) {
      if (name !== from && !name.startsWith(`${from}/`)) continue;
      this.nodes.delete(name);
      this.nodes.set(to + name.slice(from.length), file);
    }
    return 'success';
  }

  /** ENOTDIR where a file stands in the way. */
  private missing(path: string): string {
    for (let above = this.parent(path); above.length > this.root.length; above = this.parent(above)) {
      if (this.nodes.get(above) !== undefined) return 'ENOTDIR';
    }
    return 'ENOENT';
  }
}
