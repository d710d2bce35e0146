/** Packages that ship no types, as far as tests use them. */

declare module 'linkfs' {
  /** A filesystem in which a path below the first of each pair is one below the second. */
  export function link(fs: object, rewrites: readonly [from: string, to: string]): typeof import('node:fs');
}

declare module 'tar-fs' {
  interface Options {
    /** @default node:fs */
    readonly fs?: typeof import('node:fs');
  }
  const tarFs: {
    pack(directory: string, options?: Options): import('node:stream').Readable;
    extract(directory: string, options?: Options): import('node:stream').Writable;
  };
  export default tarFs;
}
