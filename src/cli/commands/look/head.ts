import type { Command } from '../../command.js';
import { copyLines, copyOut } from '../../looking/reading.js';
import type { Session } from '../../session.js';
import { bytes, wholeNumber } from '../../values.js';

interface Options {
  readonly lines: number;
  readonly bytes?: number;
}

export const head: Command<Options> = {
  declare: (command) =>
    command
      .argument('<file...>', 'what to print the beginning of')
      .option('-n, --lines <number>', 'so many lines', wholeNumber('--lines'), 10)
      .option('-c, --bytes <bytes>', 'so many bytes', bytes('--bytes')),
  examples: [
    'head -n 2 wandbfs://team/project/run/output.log',
    'head -c 1K wandbfs://team/project/run/output.log',
  ],

  async run(session, operands, { lines, bytes: count }) {
    const heading = headings(session, operands.length > 1);
    await session.each(operands, async (place, text) => {
      const fs = await session.fsOf(place);
      await fs.promises.stat(place.path);
      await heading(text);
      if (count === undefined) await copyLines(session, fs, place.path, lines);
      else await copyOut(session, fs, place.path, { start: 0, end: count - 1 });
    });
  },
};

/** What stands above each of several files. */
export function headings(session: Session, isShown: boolean): (text: string) => Promise<void> {
  let isFirst = true;
  return async (text) => {
    if (isShown) await session.out.line(`${isFirst ? '' : '\n'}==> ${session.name(text)} <==`);
    isFirst = false;
  };
}
