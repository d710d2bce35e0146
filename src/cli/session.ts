import type { WandbFs } from '../index.js';
import type { CommonOptions, Registered } from './command.js';
import { describe } from './describe.js';
import { EXIT, statusOf } from './exit-status.js';
import type { AnyFs, Filesystems } from './filesystems.js';
import { escaped } from './output/names.js';
import { type Output, OutputClosed, type OutputStream } from './output/output.js';
import { hasWildcard, type Place, type Reading, type RemotePlace } from './places/place.js';
import { printPlace } from './places/print.js';
import { readPlace, readTop } from './places/read.js';
import { resolvePlace } from './places/resolve.js';
import { UsageError } from './usage-error.js';

/** What the program has of its process; a test gives its own. */
export interface Surroundings {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly environment: NodeJS.ProcessEnv;
  /** Aborts with Ctrl-C, SIGTERM and SIGHUP; its reason is the signal's name. */
  readonly signal: AbortSignal;
}

/** What a command line has of its surroundings, whatever it asks for. */
export interface Context extends Pick<Surroundings, 'environment' | 'signal'> {
  readonly out: Output;
  readonly err: Output;
  readonly commands: readonly Registered[];
  /** What was told of already, before anything failed by it. */
  readonly warnings: Set<string>;
}

/** One command that runs: where it prints, what it may open, and what came of it. */
export class Session {
  readonly out: Output;
  readonly err: Output;
  readonly environment: NodeJS.ProcessEnv;
  /** Aborts when the command is to end: by Ctrl-C, or because nobody reads what it prints. */
  readonly signal: AbortSignal;
  /** All that there are. */
  readonly commands: readonly Registered[];
  readonly isQuiet: boolean;
  readonly isDebugged: boolean;
  readonly filesystems: Filesystems;
  readonly #reading: Reading;
  readonly #command: string;
  readonly #warnings: ReadonlySet<string>;
  readonly #places = new Map<string, Place>();
  #status: number = EXIT.done;

  constructor(
    command: string,
    { out, err, environment, signal, commands, warnings }: Context,
    { runs, artifacts, quiet, debug }: CommonOptions,
    filesystems: Filesystems,
  ) {
    this.#command = command;
    this.#warnings = warnings;
    this.out = out;
    this.err = err;
    this.environment = environment;
    this.signal = signal;
    this.commands = commands;
    this.isQuiet = quiet === true;
    this.isDebugged = debug === true;
    this.filesystems = filesystems;
    if (runs && artifacts) throw new UsageError('Give either --runs or --artifacts, not both.');
    this.#reading = {
      tree: runs ? 'runs' : artifacts ? 'artifacts' : null,
      entity: environment.WANDB_ENTITY || null,
      project: environment.WANDB_PROJECT || null,
    };
  }

  /** What a path of the command line names. Rejects with UsageError, or as the filesystem does that was asked. */
  async place(text: string): Promise<Place> {
    if (text === '-') throw new UsageError(NO_STREAM);
    const place = await resolvePlace(readPlace(text, this.#reading), this.filesystems);
    this.#places.set(place.path, place);
    return place;
  }

  /** As `place`, for what only W&B has. */
  async remotePlace(text: string): Promise<RemotePlace> {
    const place = await this.place(text);
    if (place.kind !== 'local') return place;
    throw new UsageError(
      `'${text}' is a local path, and '${this.#command}' is about W&B: ${adviceFor(text)}.`,
    );
  }

  /** What the operands name; without any what `--runs` or `--artifacts` begin with by themselves. */
  operands(texts: readonly string[]): readonly string[] {
    if (texts.length > 0) return texts;
    const top = readTop(this.#reading);
    if (top) return [this.print(top)];
    throw new UsageError("missing required argument 'path'");
  }

  fsOf(place: Pick<Place, 'kind'>): Promise<AnyFs> {
    return this.filesystems.of(place);
  }

  wandbFsOf({ kind }: Pick<RemotePlace, 'kind'>): Promise<WandbFs> {
    return this.filesystems[kind]();
  }

  /** A place as this command line would be given it. */
  print(place: Pick<Place, 'kind' | 'path'>): string {
    return printPlace(place, this.#reading);
  }

  /** A name as standard output may be told it. */
  name(name: string): string {
    return this.out.isTerminal ? escaped(name) : name;
  }

  /** What a person wants to know and no result is; nothing with `--quiet`. */
  async remark(text: string): Promise<void> {
    if (!this.isQuiet) await this.err.line(text);
  }

  /**
   * Tells of what failed for one operand; the command goes on.
   *
   * @param operand as it was written, for an error that tells no path
   */
  async report(error: unknown, operand?: string): Promise<void> {
    if (error instanceof OutputClosed || this.signal.aborted) throw error;
    this.#status = this.#status === EXIT.done ? statusOf(error) : EXIT.failed;
    const details = {
      isDebugged: this.isDebugged,
      cure: this.#cureFor(error),
      operand,
      warnings: this.#warnings,
    };
    await this.err.line(describe(error, this.#command, details));
  }

  /** Does it for each operand, whatever becomes of the others; for none where one is nothing that can be read. */
  async each(texts: readonly string[], work: (place: Place, text: string) => Promise<void>): Promise<void> {
    for (const text of texts) readPlace(text, this.#reading);
    for (const text of texts) {
      try {
        await work(await this.place(text), text);
      } catch (error) {
        await this.report(error, text);
      }
    }
  }

  /** For a result that is no failure and yet not well, such as a difference that was found. */
  endWith(status: number): void {
    this.#status = status;
  }

  /** Of what was reported: that of the only failure, else 1. */
  get status(): number {
    return this.#status;
  }

  /** What a library's option is here; and a relative path that isn't here was perhaps meant to be one of W&B's. */
  #cureFor(error: unknown): string {
    const { code, path = '', message = '' } = Object(error) as NodeJS.ErrnoException;
    const [, level] = /`allowDelete: \['(\w+)'\]`/.exec(message) ?? [];
    if (level) return ` 'wandb-fs rm' has '--allow-delete ${level}' for it.`;
    if (code === 'ERR_FS_EISDIR') return ' Give -r to remove it with all that is in it.';
    const place = this.#places.get(path);
    if (code === 'ENOENT' && place && place.kind !== 'local' && hasWildcard(place.path)) return WILDCARD;
    const isMeant = code === 'ENOENT' && place?.kind === 'local' && /^[^./\\-][^\\]*\/./.test(place.text);
    return isMeant ? ` It was looked for on this machine; of W&B ${adviceFor(place.text)}.` : '';
  }
}

const WILDCARD =
  " No shell expands wildcards at W&B: 'cp -r --include' and 'find --name' take them, and 'find -0 … | xargs -0 wandb-fs rm'.";

const NO_STREAM =
  "'-' is no stream here: 'cat' and 'head' print to standard output, and what comes from a pipe is copied from a file. A file of that name is './-'.";

const adviceFor = (text: string): string => {
  const path = text.replace(/^[./]+/, '');
  return `write 'wandbfs://${path}' (files of runs) or 'wandbas://${path}' (artifacts), or give --runs or --artifacts`;
};
