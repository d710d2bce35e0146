import type { Stats } from 'node:fs';
import type { Command } from '../../command.js';
import { kindOf } from '../../looking/entries.js';
import { fields } from '../../output/fields.js';
import { JsonList } from '../../output/json.js';

interface Options {
  readonly dereference?: boolean;
  readonly json?: boolean;
}

export const stat: Command<Options> = {
  declare: (command) =>
    command
      .argument('<path...>', 'what to tell of')
      .option('-L, --dereference', 'of a link, what it leads to')
      .option('--json', 'a list of path, type, size, times, mode…'),
  examples: [
    'stat wandbfs://team/project/run/config.yaml',
    'stat -L --json wandbas://team/project/dataset/images/latest',
  ],

  async run(session, operands, { dereference, json }) {
    const list = json ? new JsonList(session.out) : null;
    let isFirst = true;
    await session.each(operands, async (place) => {
      const { promises } = await session.fsOf(place);
      const stats = await (dereference ? promises.stat(place.path) : promises.lstat(place.path));
      const target = stats.isSymbolicLink() ? { target: await promises.readlink(place.path) } : {};
      const told = { path: session.print(place), ...factsOf(stats), ...target };
      if (list) return list.add(told);
      if (!isFirst) await session.out.line();
      isFirst = false;
      for (const line of fields(told, session)) await session.out.line(line);
    });
    await list?.end();
  },
};

const factsOf = (stats: Stats) => ({
  type: kindOf(stats),
  size: stats.size,
  mode: (stats.mode & 0o7777).toString(8).padStart(4, '0'),
  mtime: stats.mtime.toISOString(),
  birthtime: stats.birthtime.toISOString(),
  ctime: stats.ctime.toISOString(),
  inode: stats.ino,
  links: stats.nlink,
});
