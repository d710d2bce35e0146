type NodeFs = typeof import('node:fs');

/** What Node's `VirtualFileSystem` has beside the calls of `node:fs`; types of Node 20 don't know it. */
export interface VirtualFileSystem
  extends Pick<
    NodeFs,
    | 'accessSync'
    | 'appendFileSync'
    | 'copyFileSync'
    | 'createReadStream'
    | 'createWriteStream'
    | 'existsSync'
    | 'lstatSync'
    | 'mkdirSync'
    | 'openSync'
    | 'readdirSync'
    | 'readFileSync'
    | 'realpathSync'
    | 'renameSync'
    | 'rmSync'
    | 'statSync'
    | 'unlinkSync'
    | 'writeFileSync'
  > {
  /** What Node asks; `vfs.create(provider)` makes another filesystem of it. */
  readonly provider: object;
  /** Null while it isn't mounted. */
  readonly mountPoint: string | null;
  /** The mount point as a `file:` URL, for `import()`. */
  readonly mountPointURL: string | null;
  readonly mounted: boolean;
  readonly readonly: boolean;
  readonly promises: Pick<
    NodeFs['promises'],
    | 'access'
    | 'copyFile'
    | 'lstat'
    | 'mkdir'
    | 'readdir'
    | 'readFile'
    | 'rename'
    | 'rm'
    | 'stat'
    | 'unlink'
    | 'writeFile'
  >;
  /** @returns the mount point, which Node chooses: '/dev/null/vfs/<number>' on POSIX systems */
  mount(): string;
  unmount(): void;
  [Symbol.dispose](): void;
}

/** The part of `node:vfs` that is used here. */
export interface VfsModule {
  readonly VirtualProvider: new () => object;
  create(provider: object, options?: { readonly emitExperimentalWarning?: boolean }): VirtualFileSystem;
}

/** @throws Error with the code ENOTSUP on a Node that has no `node:vfs`, or wasn't told to have it */
export function vfsModule(): VfsModule {
  const found: unknown = process.getBuiltinModule('node:vfs');
  if (isVfsModule(found)) return found;
  const message = `node:vfs isn't here: it needs Node 26.4, started with --experimental-vfs; this is ${process.versions.node}.`;
  throw Object.assign(new Error(message), { code: 'ENOTSUP' });
}

const isVfsModule = (value: unknown): value is VfsModule =>
  typeof value === 'object' && value !== null && 'VirtualProvider' in value && 'create' in value;
