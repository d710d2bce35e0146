import { basename } from 'node:path';
import type { Command } from '../../command.js';
import type { AnyFs } from '../../filesystems.js';
import {
  ageTest,
  asksSizes,
  type Criteria,
  kind,
  passes,
  passesSizes,
  sizeTest,
} from '../../finding/criteria.js';
import { asksRuns, order, type RunCriteria, runsFound, setting } from '../../finding/runs.js';
import type { Entry } from '../../looking/entries.js';
import { type EntryFacts, factsOf } from '../../looking/facts.js';
import { walk, walking } from '../../looking/walk.js';
import { JsonList } from '../../output/json.js';
import type { Place } from '../../places/place.js';
import type { Session } from '../../session.js';
import { several, wholeNumber } from '../../values.js';

interface Options extends Omit<Criteria, 'newer'>, RunCriteria {
  readonly newer?: string;
  readonly maxDepth?: number;
  readonly print0?: boolean;
  readonly json?: boolean;
}

export const find: Command<Options> = {
  declare: (command) =>
    command
      .argument('[path...]', 'where to look; may be left out with --runs or --artifacts')
      .option('--name <glob>', 'names that match; may be given several times', several)
      .option('--iname <glob>', 'likewise, in upper or lower case', several)
      .option('--type <f|d|l>', 'files, directories or links only', kind)
      .option(
        '--size <[+-]bytes>',
        'files of more (+) or less (-) than that, or just so large: +1M',
        sizeTest,
      )
      .option('--mtime <+-time>', 'changed in the last … (-7d), or before that (+7d): m, h, d, w', ageTest)
      .option('--newer <path>', 'changed after that file was')
      .option('--max-depth <depth>', 'so deep at most', wholeNumber('--max-depth', { least: 1 }))
      .option('--display-name <glob>', 'runs that the W&B app calls so')
      .option('--state <state>', 'runs in that state: running, finished, failed, crashed…', several)
      .option('--tag <tag>', 'runs with that tag; given several times, with all of them', several)
      .option('--config <key=value>', 'runs whose config has that', setting('--config'))
      .option('--summary <key=value>', 'runs whose summary has that', setting('--summary'))
      .option('--order <[+-]key>', 'runs by createdAt, heartbeatAt, config.<key>, summary.<key>', order)
      .option('--limit <number>', 'so many runs at most', wholeNumber('--limit', { least: 1 }))
      .option('-0, --print0', 'a NUL behind each path in place of a newline, as `xargs -0` takes it')
      .option('--json', 'a list of path, name, type, size, mtime…; of runs, all that W&B knows of them'),
  filesystem: walking,
  examples: [
    "find wandbfs://team/project/run --name '*.png' --size +10K",
    'find wandbfs://team/project --state finished --config lr=0.1',
    "find wandbfs://team/project --display-name 'eager-*' --name '*.yaml'",
  ],

  async run(session, operands, options) {
    const list = options.json ? new JsonList(session.out) : null;
    const { newer, ...others } = options;
    const criteria: Criteria =
      newer === undefined ? others : { ...others, newer: await timeOf(session, newer) };
    const found = new Findings(session, options, list);
    await session.each(session.operands(operands), async (place, text) => {
      if (!asksRuns(options)) return found.below(await session.fsOf(place), place, criteria);
      const project = await session.remotePlace(text);
      const fs = await session.wandbFsOf(project);
      const isAboutFiles = asksSizes(criteria) || ['name', 'iname', 'type'].some((name) => name in options);
      for await (const run of runsFound(session, project, options)) {
        const at = { ...project, path: run.path };
        if (isAboutFiles) await found.below(fs, at, criteria).catch((error) => session.report(error));
        else await found.print(session.print(at), { ...run, path: session.print(at) });
      }
    });
    await list?.end();
  },
};

async function timeOf(session: Session, path: string): Promise<number> {
  const place = await session.place(path);
  return (await (await session.fsOf(place)).promises.stat(place.path)).mtimeMs;
}

class Findings {
  readonly #begun = Date.now();

  constructor(
    private readonly session: Session,
    private readonly options: Options,
    private readonly list: JsonList | null,
  ) {}

  /** Prints what passes, below a place; of a file, the file. */
  async below(fs: AnyFs, place: Place, criteria: Criteria): Promise<void> {
    const stats = await fs.promises.stat(place.path);
    if (!stats.isDirectory()) {
      const name = basename(place.path);
      return this.entry(fs, place, criteria, { name, path: place.path, kind: 'file' });
    }
    const { maxDepth } = this.options;
    const onError = (error: unknown): Promise<void> => this.session.report(error);
    const settings = maxDepth === undefined ? { onError } : { onError, depth: maxDepth };
    for await (const entry of walk(fs, place, settings)) await this.entry(fs, place, criteria, entry);
  }

  async print(path: string, facts: EntryFacts | object | null): Promise<void> {
    if (this.list) await this.list.add(facts);
    else if (this.options.print0) await this.session.out.write(`${path}\0`);
    else await this.session.out.line(this.session.name(path));
  }

  private async entry(fs: AnyFs, place: Place, criteria: Criteria, entry: Entry): Promise<void> {
    if (!passes(criteria, entry) || !(await this.isSized(fs, criteria, entry))) return;
    const facts = this.list ? await factsOf(this.session, fs, place, entry) : null;
    await this.print(this.session.print({ kind: place.kind, path: entry.path }), facts);
  }

  private async isSized(fs: AnyFs, criteria: Criteria, entry: Entry): Promise<boolean> {
    if (!asksSizes(criteria)) return true;
    const { size, mtimeMs } = await fs.promises.lstat(entry.path);
    return passesSizes(criteria, { size, mtimeMs, kind: entry.kind }, this.#begun);
  }
}
