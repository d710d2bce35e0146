import type { Blob } from 'node:buffer';
import type { Dirent, PathLike } from 'node:fs';

/** What differs between versions of Node and can't be asked for, is told by this. */
export const nodeMajor = Number(process.versions.node.split('.')[0]);

/** Node 20 has these symbols, realms made with `node:vm` (Jest's) don't; compilers then fall back to these names. */
const symbols: { readonly asyncDispose?: symbol; readonly dispose?: symbol } = Symbol;

export const asyncDispose: typeof Symbol.asyncDispose = (symbols.asyncDispose ??
  Symbol.for('Symbol.asyncDispose')) as typeof Symbol.asyncDispose;
export const dispose: typeof Symbol.dispose = (symbols.dispose ??
  Symbol.for('Symbol.dispose')) as typeof Symbol.dispose;

/** What is there on every Node, and declared in the types of later ones only. */

export interface GlobOptions {
  /**
   * The directory that relative patterns and results start at.
   * @default the root of a tree at '/', the process's directory elsewhere
   */
  readonly cwd?: string | URL | undefined;
  /** Patterns, or a function that is true for names (with `withFileTypes`: entries) to leave out. */
  readonly exclude?: readonly string[] | ((entry: never) => boolean) | undefined;
  /** @default false */
  readonly followSymlinks?: boolean | undefined;
  /**
   * How many names a result may have behind `cwd`.
   * @default Infinity
   */
  readonly maxDepth?: number | undefined;
  /**
   * Whether results are entries rather than paths.
   * @default false
   */
  readonly withFileTypes?: boolean | undefined;
}

type WithTypes = GlobOptions & { readonly withFileTypes: true };
type WithoutTypes = GlobOptions & { readonly withFileTypes?: false | undefined };
type Patterns = string | readonly string[];
type Encoding = BufferEncoding | null | { readonly encoding?: BufferEncoding | null | undefined };

export interface LaterPromises {
  glob(pattern: Patterns, options: WithTypes): AsyncGenerator<Dirent, undefined>;
  glob(pattern: Patterns, options?: WithoutTypes): AsyncGenerator<string, undefined>;
  glob(pattern: Patterns, options: GlobOptions): AsyncGenerator<string | Dirent, undefined>;
  mkdtempDisposable(
    prefix: PathLike,
    options?: Encoding,
  ): Promise<{ readonly path: string; remove(): Promise<void>; [Symbol.asyncDispose](): Promise<void> }>;
}

type Callback<T> = (error: NodeJS.ErrnoException | null, value: T) => void;

export interface LaterFs {
  glob(pattern: Patterns, callback: Callback<string[]>): void;
  glob(pattern: Patterns, options: WithTypes, callback: Callback<Dirent[]>): void;
  glob(pattern: Patterns, options: WithoutTypes, callback: Callback<string[]>): void;
  glob(pattern: Patterns, options: GlobOptions, callback: Callback<string[] | Dirent[]>): void;
  globSync(pattern: Patterns, options: WithTypes): Dirent[];
  globSync(pattern: Patterns, options?: WithoutTypes): string[];
  globSync(pattern: Patterns, options: GlobOptions): string[] | Dirent[];
  mkdtempDisposableSync(
    prefix: PathLike,
    options?: Encoding,
  ): { readonly path: string; remove(): void; [Symbol.dispose](): void };
  openAsBlobSync(path: PathLike, options?: { readonly type?: string | undefined }): Blob;
  readonly promises: LaterPromises;
}
