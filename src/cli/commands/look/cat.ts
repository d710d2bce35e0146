import type { Command } from '../../command.js';
import { copyOut, endOf } from '../../looking/reading.js';
import { UsageError } from '../../usage-error.js';
import { bytes, range, type Span } from '../../values.js';

interface Options {
  readonly range?: Span | { readonly last: number };
  readonly offset?: number;
  readonly count?: number;
}

export const cat: Command<Options> = {
  declare: (command) =>
    command
      .argument('<file...>', 'what to print, one after another')
      .option(
        '--range <A-B>',
        'these bytes of each, both ends in it; A- to the end, -N the last N',
        range('--range'),
      )
      .option('--offset <bytes>', 'from this byte on', bytes('--offset'))
      .option('--count <bytes>', 'so many bytes', bytes('--count')),
  examples: [
    'cat wandbfs://team/project/run/config.yaml',
    'cat --range 0-99 wandbfs://team/project/run/output.log',
    'cat --offset 4 --count 1K wandbfs://team/project/run/output.log',
  ],

  async run(session, operands, { range: span, offset, count }) {
    if (span && (offset !== undefined || count !== undefined)) {
      throw new UsageError('Give either --range or --offset and --count, not both.');
    }
    const start = offset ?? 0;
    const asked = span ?? { start, end: count === undefined ? null : start + count - 1 };
    await session.each(operands, async (place) => {
      const fs = await session.fsOf(place);
      const bytesOf = 'last' in asked ? await endOf(fs, place.path, asked.last) : asked;
      await copyOut(session, fs, place.path, bytesOf);
    });
  },
};
