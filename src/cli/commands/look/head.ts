import type { Command } from '../../command.js';
import type { AnyFs } from '../../filesystems.js';
import { copyLines, copyOut, endOf, lastLines } from '../../looking/reading.js';
import type { Session } from '../../session.js';
import { bytes, type Signed, signed, wholeNumber } from '../../values.js';

interface Options {
  readonly lines?: Signed;
  readonly bytes?: Signed;
}

/** So many lines, where nothing else is asked for. */
export const STANDARD_LINES: Signed = { sign: '', count: 10 };

export const head: Command<Options> = {
  declare: (command) =>
    command
      .argument('<file...>', 'what to print the beginning of')
      .option(
        '-n, --lines <number>',
        'so many lines (default: 10); -N: all but the last N',
        signed('-', wholeNumber('--lines')),
      )
      .option('-c, --bytes <bytes>', 'so many bytes; -N: all but the last N', signed('-', bytes('--bytes'))),
  examples: [
    'head -n 2 wandbfs://team/project/run/output.log',
    'head -c 1K wandbfs://team/project/run/output.log',
  ],

  async run(session, operands, options) {
    const { files, lines } = withoutNumber(operands, options.lines);
    const heading = headings(session, files.length > 1);
    await session.each(files, async ({ kind, path }, text) => {
      const fs = await session.fsOf({ kind });
      await fs.promises.stat(path);
      await heading(text);
      if (options.bytes) await copyOut(session, fs, path, await beginning(fs, path, options.bytes));
      else if (lines.sign === '') await copyLines(session, fs, path, lines.count);
      else {
        const { start } = await lastLines(fs, path, lines.count);
        await copyOut(session, fs, path, { start: 0, end: start - 1 });
      }
    });
  },
};

async function beginning(fs: AnyFs, path: string, { sign, count }: Signed) {
  const end = sign === '' ? count : (await endOf(fs, path, count)).start;
  return { start: 0, end: end - 1 };
}

/** 'head -5 a.log' is an old way to write 'head -n 5 a.log'. */
export function withoutNumber(operands: readonly string[], asked: Signed | undefined) {
  const [first = '', ...files] = operands;
  const isNumber = asked === undefined && files.length > 0 && /^-\d+$/.test(first);
  return isNumber
    ? { files, lines: { sign: '', count: Number(first.slice(1)) } satisfies Signed }
    : { files: operands, lines: asked ?? STANDARD_LINES };
}

/** What stands above each of several files; nothing with `--quiet`. */
export function headings(session: Session, isShown: boolean): (text: string) => Promise<void> {
  let isFirst = true;
  return async (text) => {
    if (isShown && !session.isQuiet)
      await session.out.line(`${isFirst ? '' : '\n'}==> ${session.name(text)} <==`);
    isFirst = false;
  };
}
