/**
 * What differs between trees. A store gives it, and the layers above look at it instead of asking which store it is.
 * Plain data and pure functions: no message tells it, both sides of the I/O thread take it from the store's own file.
 */
export interface TreeShape {
  /** Tells apart the trees of one server. */
  readonly kind: string;
  /** Who keeps the tree, as messages name it: 'W&B'. */
  readonly keeper: string;
  /**
   * The directories at depth 1, 2…, from the outermost down to the units, whose subtree is listed flat, at once. So there
   * are as many levels as units are deep, the root being at 0.
   */
  readonly levels: readonly Level[];
  /**
   * Listings of directories above this depth aren't all that exists: names that they don't show are looked up, and what
   * a look-up has found isn't gone because a listing doesn't show it. Which of the names down to it is missing can't be
   * told. 0: all listings are whole.
   */
  readonly partialDepth: number;
  /** What never changes, but in drafts; null: everything may. */
  readonly frozen: {
    /** The depth from which on that is so; 0: nothing ever changes. */
    readonly from: number;
    /** Only at and below directories of this name, which are at that depth. @default everything is */
    readonly within?: string;
    /** Told with EROFS. */
    readonly reason: string;
  } | null;
  /** What was once listed of a unit is so for ever. */
  readonly areUnitsImmutable: boolean;
  /** Names beside units may be links to units beside them; null: there are none. */
  readonly links: {
    /** Told with EINVAL for a target that is no unit. */
    readonly target: string;
  } | null;
  /** New units come from drafts, directories beside units that nobody else sees; null: there are none. */
  readonly drafts: DraftRules | null;
  readonly refusals: Refusals;
}

/** What stands at one depth. */
export interface Level {
  /** As messages name it: 'project'. */
  readonly name: string;
  /** One sentence on how such a directory is made; null: not here. */
  readonly howMade: string | null;
  /** It comes into being with the first unit in it; until then a directory that was made is only here. @default false */
  readonly isImplicit?: boolean;
}

/**
 * The rules of names beside units that are made here; as segments of paths. What is in them is a directory of the disk in
 * all else, with links and with modes that count.
 */
export interface DraftRules {
  /** Throws EINVAL for what can be no name of a draft. */
  assertDraftName(name: string): void;
  /** Throws EINVAL for what can be no name of a link. */
  assertLinkName(name: string): void;
  /** The links that a draft is to be committed with when it is renamed to this; null for a name that is only a name. */
  linksOfCommit(name: string): readonly string[] | null;
  /** Told with EXDEV for a commit to another directory than the draft's. */
  readonly elsewhere: string;
  /** Told with EXDEV for a hard link out of a draft, or into one. */
  readonly edge: string;
  /** Told with EXDEV for the commit of a symbolic link that leads to where no content can be taken from. */
  readonly beyond: string;
}

/** One sentence each, for who tries what the tree hasn't got. */
export interface Refusals {
  /** A file above units: EPERM. */
  readonly file: string;
  /** A rename out of its unit: EXDEV. */
  readonly move: string;
  /** A commit of what is no draft: EINVAL. */
  readonly commit: string;
  /** A symbolic link where none can be: EPERM. */
  readonly symlink: string;
}
