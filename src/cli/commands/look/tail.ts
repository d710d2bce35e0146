import { setTimeout as wait } from 'node:timers/promises';
import { Option } from 'commander';
import type { Command } from '../../command.js';
import type { AnyFs } from '../../filesystems.js';
import { copyOut, endOf, fromLine, lastLines } from '../../looking/reading.js';
import { isRun } from '../../looking/run-page.js';
import type { Place, RemotePlace } from '../../places/place.js';
import type { Session } from '../../session.js';
import { UsageError } from '../../usage-error.js';
import { bytes, duration, type Signed, type Span, signed, wholeNumber } from '../../values.js';
import { headings, withoutNumber } from './head.js';

interface Options {
  readonly lines: Signed;
  readonly bytes?: Signed;
  readonly follow?: boolean;
  readonly interval: number;
}

export const tail: Command<Options> = {
  declare: (command) =>
    command
      .argument('<path...>', 'files to print the end of; of a run, what it has printed')
      .option(
        '-n, --lines <number>',
        'so many lines (default: 10); +N: from line N on',
        signed('+-', wholeNumber('--lines')),
      )
      .option(
        '-c, --bytes <bytes>',
        'so many bytes of a file; +N: from byte N on',
        signed('+-', bytes('--bytes')),
      )
      .option('-f, --follow', 'go on: with a run until it has ended, with a file until Ctrl-C')
      .addOption(new Option('-F').hideHelp().implies({ follow: true }))
      .option(
        '--interval <time>',
        'how often it is looked after (default: 2s)',
        duration('--interval'),
        2000,
      ),
  examples: ['tail -n 1 wandbfs://team/project/run/output.log', 'tail -f wandbfs://team/project/run'],

  async run(session, operands, asked) {
    const { files, lines } = withoutNumber(operands, asked.lines);
    const options = { ...asked, lines };
    if (options.follow && files.length > 1) throw new UsageError('One path at a time can be followed.');
    const heading = headings(session, files.length > 1);
    await session.each(files, async (place, text) => {
      const fs = await session.fsOf(place);
      await fs.promises.stat(place.path);
      await heading(text);
      if (isRun(place) && options.bytes)
        throw new UsageError(`'${text}' is a run, which prints lines: give -n, or the path of a file.`);
      if (isRun(place)) await runsConsole(session, place, options);
      else await endOfFile(session, fs, place, options);
    });
  },
};

/** The last lines that a run has printed; followed, until its state says that no more come. */
async function runsConsole(
  session: Session,
  place: RemotePlace,
  { lines, follow, interval }: Options,
): Promise<void> {
  const { wandb } = await session.wandbFsOf(place);
  const { signal } = session;
  const { sign, count } = lines;
  const begin = sign === '+' ? count - 1 : 0;
  const print = async (
    lines: readonly { readonly number: number; readonly text: string }[],
  ): Promise<void> => {
    for (const { number, text } of lines)
      if (number >= begin) await session.out.line(text.replace(/\n$/, ''));
  };
  /** Prints what is behind a place so far; resolves to where that ends. */
  const printBehind = async (after: string | null): Promise<string | null> => {
    const page = await wandb.consoleLines(place.path, { after, signal });
    await print(page.lines);
    return page.hasMore ? printBehind(page.end) : page.end;
  };
  // Of no lines the end alone is wanted, which the last one has.
  const last =
    sign === '+' ? null : await wandb.consoleLines(place.path, { last: Math.max(1, count), signal });
  let after = last === null ? await printBehind(null) : last.end;
  // Of a run that has ended the server may have nothing but the file.
  const isOver = async (): Promise<boolean> => stateOf(await wandb.info(place.path)) !== 'running';
  if (after === null && (!follow || (await isOver()))) return endOfLog(session, place, { lines, interval });
  if (last && count > 0) await print(last.lines);
  while (follow) {
    // Its state first: what it printed before its end is there when that is told.
    const info = await wandb.info(place.path);
    after = await printBehind(after);
    if (info.kind !== 'run' || info.state !== 'running')
      return session.remark(`The run is ${stateOf(info)}.`);
    await wait(interval, undefined, { signal });
  }
}

async function endOfLog(
  session: Session,
  place: RemotePlace,
  { lines, interval }: Pick<Options, 'lines' | 'interval'>,
): Promise<void> {
  const fs = await session.fsOf(place);
  const path = `${place.path}/output.log`;
  const names = await fs.promises.readdir(place.path);
  if (!names.includes('output.log')) return session.remark('The run has printed nothing.');
  await endOfFile(session, fs, { ...place, path }, { lines, interval });
}

const stateOf = (info: { readonly kind: string; readonly state?: string | null }): string =>
  info.state ?? 'over';

/** What is appended is printed; a file that became shorter, as one that was written anew, from its beginning. */
async function endOfFile(
  session: Session,
  fs: AnyFs,
  place: Place,
  { lines, bytes: count, follow, interval }: Options,
): Promise<void> {
  const begin = await beginOf(fs, place.path, lines, count);
  await copyOut(session, fs, place.path, begin);
  let printed = (begin.end ?? -1) + 1;
  while (follow) {
    await wait(interval, undefined, { signal: session.signal });
    if (place.kind !== 'local') (await session.wandbFsOf(place)).wandb.refresh(place.path);
    const { size } = await fs.promises.stat(place.path);
    if (size < printed) {
      await session.remark(`'${place.text}' was written anew.`);
      printed = 0;
    }
    if (size > printed) await copyOut(session, fs, place.path, { start: printed, end: size - 1 });
    printed = size;
  }
}

async function beginOf(fs: AnyFs, path: string, lines: Signed, count: Signed | undefined): Promise<Span> {
  if (count === undefined) {
    const find = lines.sign === '+' ? fromLine : lastLines;
    return find(fs, path, lines.count);
  }
  if (count.sign !== '+') return endOf(fs, path, count.count);
  const { size } = await fs.promises.stat(path);
  return { start: Math.max(0, count.count - 1), end: size - 1 };
}
