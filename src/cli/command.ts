import type { Command as Declaration } from 'commander';
import type { WandbArtifactFsOptions } from '../index.js';
import type { Session } from './session.js';

/** Options of the program, which stand before a command or behind it. */
export interface CommonOptions {
  readonly runs?: boolean;
  readonly artifacts?: boolean;
  readonly views?: boolean;
  readonly quiet?: boolean;
  readonly debug?: boolean;
}

/** A command: its file is loaded when it is the one that runs, or whose help is asked for. */
export interface Command<Options = object> {
  /** Adds what it takes to the parser's command, whose name and summary stand in the registry. */
  declare(command: Declaration): void;
  /** Command lines for its help, without the program's name. */
  readonly examples: readonly string[];
  /**
   * It changes something: it hears of Ctrl-C by the session's signal, and ends by itself. One that only looks is
   * given up where it stands, and its filesystems refuse changes.
   *
   * @default false
   */
  readonly isWriting?: boolean;
  /** Options of its filesystems, beside what the environment says; those of artifacts alone are left out for runs. */
  filesystem?(options: Options): WandbArtifactFsOptions;
  /**
   * Does it. What fails for one operand is told by `session.report`, and the others go on; what ends it all is thrown. The
   * exit status is that of what failed, or what `session.endWith` was told.
   */
  run(session: Session, operands: readonly string[], options: Options & CommonOptions): Promise<void>;
}

/** A command before it is loaded. */
export interface Registered {
  readonly name: string;
  readonly summary: string;
  /** The heading of the help that it stands below. */
  readonly group: string;
  // Each has options of its own, which its own declaration gives it.
  load(): Promise<Command<never>>;
}
