import type { Command } from '../../command.js';
import { factsOf } from '../../looking/facts.js';
import { walk, walking } from '../../looking/walk.js';
import { JsonList } from '../../output/json.js';
import { shownSize } from '../../output/sizes.js';
import { styled } from '../../output/style.js';
import { cut } from '../../output/table.js';
import { wholeNumber } from '../../values.js';

interface Options {
  readonly level?: number;
  readonly size?: boolean;
  readonly humanReadable?: boolean;
  readonly directories?: boolean;
  readonly json?: boolean;
}

export const tree: Command<Options> = {
  declare: (command) =>
    command
      .argument('[path...]', 'where to begin; may be left out with --runs or --artifacts')
      .option('-L, --level <depth>', 'how deep it goes', wholeNumber('--level', { least: 1 }))
      .option('-d, --directories', 'directories only')
      .option('-s, --size', 'sizes of files, in bytes')
      .option('-h, --human-readable', 'sizes such as 1.5K and 2.0G')
      .option('-a, --all', 'names with a dot, too, as it always does')
      .option('--json', 'a list of name, path, type, size, mtime, mode, depth'),
  filesystem: walking,
  examples: ['tree wandbfs://team/project/run', 'tree -h -L 2 wandbfs://team/project'],

  async run(session, operands, { level, size, humanReadable, directories, json }) {
    const { out } = session;
    const list = json ? new JsonList(out) : null;
    const counts = { directory: 0, file: 0, link: 0 };
    const onError = (error: unknown): Promise<void> => session.report(error);
    await session.each(session.operands(operands), async (place) => {
      const fs = await session.fsOf(place);
      const rails: string[] = [];
      const only = directories ? 'directory' : undefined;
      const found = walk(fs, place, { only, onError, ...(level === undefined ? {} : { depth: level }) });
      if (!list) await out.line(session.name(session.print(place)));
      for await (const entry of found) {
        const { name, kind, depth, isLast } = entry;
        counts[kind]++;
        const facts = list || size || humanReadable ? await factsOf(session, fs, place, entry) : null;
        if (list) {
          await list.add({ ...facts, depth });
          continue;
        }
        const told = facts?.size == null ? '' : `[${shownSize(facts.size, humanReadable === true)}]  `;
        const line = `${rails.slice(0, depth - 1).join('')}${isLast ? '└── ' : '├── '}${told}`;
        rails[depth - 1] = isLast ? '    ' : '│   ';
        await out.line(
          cut(line + styled(session.name(name), kind === 'file' ? null : kind, out), out.columns),
        );
      }
    });
    await list?.end();
    if (!list && !session.isQuiet) await out.line(`\n${summary(counts, directories === true)}`);
  },
};

function summary({ directory, file, link }: Readonly<Record<string, number>>, hasNoFiles: boolean): string {
  const directories = directory === 1 ? '1 directory' : `${directory} directories`;
  const files = (file ?? 0) + (link ?? 0);
  return hasNoFiles ? directories : `${directories}, ${files === 1 ? '1 file' : `${files} files`}`;
}
