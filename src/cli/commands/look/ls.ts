import { Option } from 'commander';
import type { Command } from '../../command.js';
import type { AnyFs } from '../../filesystems.js';
import { type Entry, kindOf, list } from '../../looking/entries.js';
import { type EntryFacts, factsOf, isProject, runsOf } from '../../looking/facts.js';
import { walk, walking } from '../../looking/walk.js';
import { JsonList } from '../../output/json.js';
import { shownSize } from '../../output/sizes.js';
import { styled } from '../../output/style.js';
import { grid, table } from '../../output/table.js';
import { shownTime } from '../../output/times.js';
import type { Place } from '../../places/place.js';
import type { Session } from '../../session.js';

interface Options {
  readonly long?: boolean;
  readonly recursive?: boolean;
  readonly humanReadable?: boolean;
  readonly directory?: boolean;
  readonly one?: boolean;
  readonly newest?: boolean;
  readonly largest?: boolean;
  readonly reverse?: boolean;
  readonly json?: boolean;
}

export const ls: Command<Options> = {
  declare: (command) =>
    command
      .argument('[path...]', 'what to list; may be left out with --runs or --artifacts')
      .option('-l, --long', 'modes, sizes and times; of runs also state and display name')
      .option('-R, --recursive', 'all below it, too')
      .option('-h, --human-readable', 'sizes such as 1.5K and 2.0G')
      .option('-d, --directory', 'directories themselves, not what is in them')
      .option('-1, --one', 'a name a line, as in a pipe')
      .option('-t, --newest', 'the newest first')
      .option('-S, --largest', 'the largest first')
      .option('-r, --reverse', 'the other way round')
      .option('-a, --all', 'names with a dot, too, as it always does')
      .addOption(new Option('-A').hideHelp())
      .option('--json', 'a list of name, path, type, size, mtime, mode…'),
  filesystem: walking,
  examples: [
    'ls wandbfs://team/project',
    'ls -lh wandbfs://team/project/run',
    'ls -R --json wandbas://team/project/dataset',
  ],

  async run(session, operands, options) {
    const json = options.json ? new JsonList(session.out) : null;
    const texts = session.operands(operands);
    const listing = new Listing(session, options, json, texts.length > 1 || options.recursive === true);
    await session.each(texts, (place) => listing.of(place));
    await json?.end();
  },
};

class Listing {
  #isFirst = true;

  constructor(
    private readonly session: Session,
    private readonly options: Options,
    private readonly json: JsonList | null,
    private readonly hasHeadings: boolean,
  ) {}

  async of(place: Place): Promise<void> {
    const fs = await this.session.fsOf(place);
    const stats = await fs.promises.stat(place.path);
    if (stats.isDirectory() && !this.options.directory) return this.directories(fs, place);
    const kind = kindOf(await fs.promises.lstat(place.path));
    await this.entries(fs, place, [{ name: place.text, path: place.path, kind }]);
  }

  private async directories(fs: AnyFs, place: Place): Promise<void> {
    if (!this.options.recursive) return this.directory(fs, place, await list(fs, place.path));
    const below = walk(fs, place, {
      onListed: (path, entries) => this.directory(fs, { ...place, path }, entries),
      onError: (error) => this.session.report(error),
    });
    for await (const _ of below);
  }

  private async directory(fs: AnyFs, place: Place, entries: readonly Entry[]): Promise<void> {
    if (this.hasHeadings && !this.json) {
      const title = this.session.name(this.session.print(place));
      await this.session.out.write(`${this.#isFirst ? '' : '\n'}${title}:\n`);
    }
    this.#isFirst = false;
    await this.entries(fs, place, entries);
  }

  private async entries(fs: AnyFs, place: Place, found: readonly Entry[]): Promise<void> {
    const { session, json, options } = this;
    const isNames = !options.long && !json;
    if (isNames && !options.newest && !options.largest) {
      return this.names(options.reverse ? found.toReversed() : found);
    }
    const isOfRuns = !isNames && isProject(place) && found[0]?.path !== place.path;
    const runs = isOfRuns ? await runsOf(session, place.path) : null;
    const facts = this.sorted(
      await Promise.all(found.map((entry) => factsOf(session, fs, place, entry, runs?.get(entry.name)))),
    );
    if (json) for (const each of facts) await json.add(each);
    else if (isNames) await this.names(facts.map(({ name, type }) => ({ name, kind: type })));
    else await this.long(facts, runs !== null);
  }

  private async names(entries: readonly Pick<Entry, 'name' | 'kind'>[]): Promise<void> {
    const { out } = this.session;
    const columns = this.options.one ? Number.POSITIVE_INFINITY : out.columns;
    const names = entries.map(({ name, kind }) => this.shown(name, kind));
    for (const line of grid(names, columns)) await out.line(line);
  }

  /** What is the same stays in the order of names. */
  private sorted(facts: readonly EntryFacts[]): readonly EntryFacts[] {
    const { newest, largest, reverse } = this.options;
    const sorted = [...facts];
    if (largest) sorted.sort((a, b) => (b.size ?? 0) - (a.size ?? 0));
    else if (newest) sorted.sort((a, b) => Date.parse(b.mtime) - Date.parse(a.mtime));
    return reverse ? sorted.reverse() : sorted;
  }

  private async long(facts: readonly EntryFacts[], hasRuns: boolean): Promise<void> {
    const { out } = this.session;
    const rows = facts.map(({ type, mode, size, mtime, name, target, state, displayName }) => [
      MODE_LETTERS[type] + letters(mode),
      size === null ? '-' : shownSize(size, this.options.humanReadable === true),
      shownTime(mtime),
      ...(hasRuns ? [styled(state ?? '?', STATES[state ?? ''] ?? null, out)] : []),
      this.shown(name, type) + (target === undefined ? '' : ` -> ${this.session.name(target)}`),
      ...(hasRuns ? [this.session.name(displayName ?? '')] : []),
    ]);
    const align = [
      'left',
      'right',
      'left',
      ...(hasRuns ? (['left', 'left', 'left'] as const) : (['left'] as const)),
    ] as const;
    for (const line of table(rows, align, out.columns)) await out.line(line);
  }

  private shown(name: string, kind: Entry['kind']): string {
    return styled(this.session.name(name), kind === 'file' ? null : kind, this.session.out);
  }
}

const MODE_LETTERS = { file: '-', directory: 'd', link: 'l' } as const;
const STATES: Readonly<Record<string, 'good' | 'bad'>> = { running: 'good', failed: 'bad', crashed: 'bad' };

/** '0644' as 'rw-r--r--'. */
const letters = (mode: string): string =>
  [...mode.slice(-3)]
    .map((digit) => 'rwx'.replace(/./g, (letter, at) => (Number(digit) & (4 >> at) ? letter : '-')))
    .join('');
