export type Files = ReadonlyMap<string, string>;

/** What all clients know of a collection. */
export interface Collection {
  readonly name: string;
  readonly path: string;
  /** What was committed, in the order in which it was acknowledged. */
  readonly versions: { readonly version: string; readonly files: Files; readonly by: string }[];
  /** What was to be committed, whatever came of it. */
  readonly attempts: Files[];
}

export const sameFiles = (one: Files, other: Files): boolean =>
  one.size === other.size && [...one].every(([name, content]) => other.get(name) === content);
