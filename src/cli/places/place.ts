/** A path of the command line, located. */
export type Place = RemotePlace | LocalPlace;

export interface RemotePlace {
  readonly kind: 'runs' | 'artifacts';
  /** Absolute, in the filesystem of its kind: '/<entity>/<project>/…', without a slash at its end. */
  readonly path: string;
  /** As it was written. */
  readonly text: string;
}

export interface LocalPlace {
  readonly kind: 'local';
  /** As `node:fs` takes it. */
  readonly path: string;
  readonly text: string;
}

/** What was written, before anybody was asked what it means. */
export type Written =
  | Place
  /** An address of the app, which its filesystem knows to read. */
  | { readonly kind: 'web'; readonly tree: RemotePlace['kind']; readonly text: string }
  /** A version as the SDK names it: without the type, which has to be looked for. */
  | {
      readonly kind: 'sdk';
      readonly project: string;
      readonly collection: string;
      readonly version: string;
      /** Below the version: '' or '/…'. */
      readonly below: string;
      readonly text: string;
    };

/** How places are read that don't tell it themselves. */
export interface Reading {
  /** Relative paths are of this tree, by `--runs` or `--artifacts`; null: they are local. */
  readonly tree: RemotePlace['kind'] | null;
  /** WANDB_ENTITY, WANDB_PROJECT. */
  readonly entity: string | null;
  readonly project: string | null;
}

export const SCHEMES = { runs: 'wandbfs', artifacts: 'wandbas' } as const;

/** A name may hold them; mostly they are what a shell would expand here, and doesn't there. */
export const hasWildcard = (path: string): boolean => /[*?]/.test(path);
