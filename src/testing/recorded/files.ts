import { join } from 'node:path';
import { FILES_DIRECTORY } from '../../contract/world/format.js';
import { decodeWorldName, isBeginning } from '../../contract/world/names.js';
import { isMissing } from '../../contract/world/replacing.js';
import { disk } from '../../platform/disk.js';
import { InTurn } from './in-turn.js';
import { Sheet } from './sheet.js';

/** What is known of a file's content: its bytes, or of one that was left out what they were. */
export type Content =
  | { readonly bytes: Uint8Array }
  | { readonly bytes: null; readonly size: number; readonly digest: string | null };

/** A file or a directory of a world, by the name that it stands for. */
export interface Named {
  readonly name: string;
  readonly place: string;
}

/** What file managers put into directories that they show. */
const LEFT_BY_SYSTEMS = /(?:^|\/)(?:\.DS_Store|Thumbs\.db|desktop\.ini)$/;

/** Runs and versions are read side by side; a process may have a few hundred files open. */
const MOST_AT_ONCE = 32;

const { readdir, readFile, realpath } = disk.promises;

const nothingFor =
  <T>(nothing: T) =>
  (error: unknown): T => {
    if (isMissing(error)) return nothing;
    throw error;
  };

/** Whatever order the disk has. */
const byName = (one: { readonly name: string }, other: { readonly name: string }): number =>
  one.name < other.name ? -1 : 1;

/** A recorded world on the disk: names as W&B has them, and contents, each read once. */
export class WorldFiles {
  private readonly contents = new Map<string, Promise<Uint8Array>>();
  private readonly disk = new InTurn(MOST_AT_ONCE);

  constructor(private readonly directory: string) {}

  /** A sheet that isn't there says nothing. */
  async sheet(place: string): Promise<Sheet> {
    const bytes = await this.disk.run(() => readFile(join(this.directory, place))).catch(nothingFor('{}'));
    return Sheet.parse(place, bytes.toString());
  }

  /** The directories in a place; none where there is no such place. */
  async directories(place: string): Promise<readonly Named[]> {
    return (await this.named(place)).filter(({ isDirectory }) => isDirectory);
  }

  /**
   * The files of a run or version, by name: those that lie below its `files`, and those that its sheet names beside.
   */
  async ofUnit(
    unit: string,
    sheet: Sheet,
  ): Promise<ReadonlyMap<string, { place: string | null; sheet: Sheet | null }>> {
    const files = new Map<string, { place: string | null; sheet: Sheet | null }>();
    const told = sheet.sheets('files');
    for (const [name, each] of told) files.set(name, { place: null, sheet: each });
    for await (const { name, place } of this.below(`${unit}/${FILES_DIRECTORY}`)) {
      const named = told.get(name) ?? null;
      if (named !== null || !LEFT_BY_SYSTEMS.test(name)) files.set(name, { place, sheet: named });
    }
    return files;
  }

  /** The content of a file: where it lies, counts before what its sheet says. */
  async content(name: string, place: string | null, sheet: Sheet | null): Promise<Content> {
    const [sameAs, size, digest] = [sheet?.text('sameAs'), sheet?.count('size'), sheet?.text('digest')];
    const isLeftOut = sheet?.flag('isLeftOut');
    if (place !== null) return { bytes: await this.read(place) };
    if (sheet && sameAs) return { bytes: await this.readSame(sheet, sameAs) };
    if (isLeftOut) return { bytes: null, size: size ?? 0, digest: digest ?? null };
    const where = sheet?.place ?? name;
    throw new TypeError(`${where}: the file isn't there. If it was removed on purpose, remove it here, too.`);
  }

  /** A world must not choose what is read of the disk: neither by '..' nor by links. */
  private async readSame(sheet: Sheet, place: string): Promise<Uint8Array> {
    const isBelow = place.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
    if (!isBelow || /[\\:]/.test(place)) throw sheet.mistake('`sameAs` must be a path in the world');
    try {
      const [top, real] = await Promise.all(
        [this.directory, join(this.directory, place)].map((at) => this.disk.run(() => realpath(at))),
      );
      if (real !== join(top ?? '', place))
        throw sheet.mistake('`sameAs` must be a path in the world, without links');
      return await this.read(place);
    } catch (error) {
      if (!isMissing(error)) throw error;
      throw sheet.mistake(`\`sameAs\` leads to ${place}, and nothing is there`);
    }
  }

  private read(place: string): Promise<Uint8Array> {
    const reading = this.contents.get(place) ?? this.disk.run(() => readFile(join(this.directory, place)));
    this.contents.set(place, reading);
    return reading;
  }

  private async *below(place: string, above = ''): AsyncGenerator<Named> {
    for (const { name, place: at, isDirectory } of await this.named(place)) {
      if (isDirectory) yield* this.below(at, `${above}${name}/`);
      else yield { name: above + name, place: at };
    }
  }

  /** @param begun names that go on here */
  private async named(
    place: string,
    begun: readonly string[] = [],
  ): Promise<(Named & { readonly isDirectory: boolean })[]> {
    const entries = await this.disk
      .run(() => readdir(join(this.directory, place), { withFileTypes: true }))
      .catch(nothingFor([]));
    const found = await Promise.all(
      entries.sort(byName).map(async (entry) => {
        const at = place === '' ? entry.name : `${place}/${entry.name}`;
        const parts = [...begun, entry.name];
        if (!entry.isDirectory() && !entry.isFile())
          throw new TypeError(`${at}: a world holds files and directories only.`);
        if (isBeginning(entry.name)) return this.named(at, parts);
        return [{ name: decodeWorldName(parts), place: at, isDirectory: entry.isDirectory() }];
      }),
    );
    return found.flat();
  }
}
