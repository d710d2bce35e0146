import type { Command } from '../../command.js';
import type { AnyFs } from '../../filesystems.js';
import { walk, walking } from '../../looking/walk.js';
import { JsonList } from '../../output/json.js';
import { shownSize } from '../../output/sizes.js';
import type { Place } from '../../places/place.js';
import type { Session } from '../../session.js';
import { wholeNumber } from '../../values.js';

interface Options {
  readonly summarize?: boolean;
  readonly humanReadable?: boolean;
  readonly maxDepth?: number;
  readonly all?: boolean;
  readonly total?: boolean;
  readonly json?: boolean;
}

interface Sum {
  readonly path: string;
  readonly depth: number;
  size: number;
  files: number;
}

export const du: Command<Options> = {
  declare: (command) =>
    command
      .argument('[path...]', 'what to add up; may be left out with --runs or --artifacts')
      .option('-s, --summarize', 'only the sum of each path')
      .option('-h, --human-readable', 'sizes such as 1.5K and 2.0G')
      .option('-d, --max-depth <depth>', 'sums of directories so deep', wholeNumber('--max-depth'))
      .option('-a, --all', 'files, too')
      .option('-c, --total', 'the sum of all paths at the end')
      .option('--json', 'a list of path, size, files'),
  filesystem: walking,
  examples: ['du -sh wandbfs://team/project/run', 'du --max-depth 1 wandbas://team/project/dataset'],

  async run(session, operands, { summarize, maxDepth, humanReadable, all, total, json }) {
    const deepest = summarize ? 0 : (maxDepth ?? Number.POSITIVE_INFINITY);
    const sum = { size: 0, files: 0 };
    const list = json ? new JsonList(session.out) : null;
    const tell = async (path: string, size: number, files: number): Promise<void> => {
      if (list) await list.add({ path, size, files });
      else await session.out.line(`${shownSize(size, humanReadable === true)}\t${session.name(path)}`);
    };
    await session.each(session.operands(operands), async (place) => {
      const fs = await session.fsOf(place);
      for await (const { path, depth, size, files } of sums(session, fs, place, all === true)) {
        if (depth === 0) {
          sum.size += size;
          sum.files += files;
        }
        if (depth <= deepest) await tell(session.print({ kind: place.kind, path }), size, files);
      }
    });
    if (total) await tell('total', sum.size, sum.files);
    await list?.end();
  },
};

/** Of each directory behind those in it, and of the place itself at last. Sizes are of content, in bytes; a link has none. */
async function* sums(
  session: Session,
  fs: AnyFs,
  place: Place,
  hasFiles: boolean,
): AsyncGenerator<Sum, void, undefined> {
  const stats = await fs.promises.stat(place.path);
  const top: Sum = { path: place.path, depth: 0, size: 0, files: 0 };
  if (!stats.isDirectory()) {
    yield { ...top, size: stats.size, files: 1 };
    return;
  }
  const open: Sum[] = [top];
  const onError = (error: unknown): Promise<void> => session.report(error);
  for await (const { path, kind, depth } of walk(fs, place, { onError })) {
    yield* closed(open, depth);
    if (kind === 'directory') open.push({ path, depth, size: 0, files: 0 });
    const { size } = kind === 'file' ? await fs.promises.lstat(path) : { size: 0 };
    if (kind !== 'file') continue;
    for (const sum of open) {
      sum.size += size;
      sum.files++;
    }
    if (hasFiles) yield { path, depth, size, files: 1 };
  }
  yield* closed(open, 0);
}

/** Those that the walk has left, the deepest first. */
function* closed(open: Sum[], depth: number): Generator<Sum, void, undefined> {
  while ((open.at(-1)?.depth ?? -1) >= depth) {
    const sum = open.pop();
    if (sum) yield sum;
  }
}
