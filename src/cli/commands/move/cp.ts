import { Option } from 'commander';
import type { Command } from '../../command.js';
import type { Place } from '../../places/place.js';
import type { Session } from '../../session.js';
import { copying } from '../../transfers/copying.js';
import {
  assertNamesCopy,
  assertRemote,
  inDirectory,
  nameOf,
  namesContents,
  statOf,
  throughLink,
} from '../../transfers/ends.js';
import { journaled, type TransferOptions, withTransferOptions } from '../../transfers/options.js';
import { type View, viewOf } from '../../transfers/view/view.js';
import { UsageError } from '../../usage-error.js';

interface Options extends TransferOptions {
  readonly clobber?: boolean;
  readonly recursive?: boolean;
}

/** As coreutils' `cp`: what isn't there becomes the copy, into a directory that is there it goes by its own name. */
export const cp: Command<Options> = {
  declare: (command) =>
    withTransferOptions(
      command
        .usage('[options] <from...> <to>')
        .argument('<path...>', 'what is copied, and last the copy, or a directory for it')
        .option('-r, --recursive', 'directories, with all that is in them')
        .addOption(new Option('-R').hideHelp().implies({ recursive: true }))
        .option('-n, --no-clobber', 'what is there stays as it is')
        .addOption(new Option('-f, --force').hideHelp()),
    ),
  examples: [
    'cp model.bin wandbfs://team/project/run/model.bin',
    'cp -r wandbfs://team/project/run/media .',
    "cp -r --include '*.json' data wandbfs://team/project/run/data",
  ],
  isWriting: true,
  filesystem: journaled,

  async run(session, operands, options) {
    await copyAll(session, operands, options, async () => {});
  },
};

/**
 * Copies each operand but the last to where that says.
 *
 * @param then is done with each that was copied
 */
export async function copyAll(
  session: Session,
  operands: readonly string[],
  options: Options,
  then: (from: Place) => Promise<void>,
): Promise<void> {
  const [last = ''] = operands.slice(-1);
  const sources = operands.slice(0, -1);
  if (sources.length === 0) throw new UsageError(`'${last}' is where from: say where to, too.`);
  const to = await session.place(last);
  const isInto = (await statOf(session, to))?.isDirectory() ?? false;
  if (sources.length > 1 && !isInto) {
    throw new UsageError(`Several are copied into a directory that is there, and '${last}' is none.`);
  }
  const view = viewOf(session, options);
  try {
    await session.each(sources, async (from) => {
      assertRemote(from, to, '`cp`');
      if (!isInto) await assertNamesCopy(session, from, to);
      const place = isInto ? inDirectory(to, nameOf(from)) : to;
      await copyOne(session, view, [from, await throughLink(place)], { ...options, isInto });
      await then(from);
    });
  } finally {
    await view.end();
  }
}

async function copyOne(
  session: Session,
  view: View,
  [from, to]: readonly [Place, Place],
  { recursive, isInto, ...options }: Options & { readonly isInto: boolean },
): Promise<void> {
  const { promises } = await session.fsOf(from);
  const isDirectory = (await promises.stat(from.path)).isDirectory();
  if (isDirectory && !recursive) {
    throw new UsageError(`'${from.text}' is a directory: give -r to copy it with all that is in it.`);
  }
  // Once something is there, the same command would copy into it.
  const contents = session.print(from).replace(/\/*$/, '/.');
  const goOn =
    isDirectory && !isInto && !namesContents(from.text)
      ? `The same command with '${contents}' in place of '${from.text}' goes on from here.`
      : undefined;
  const { copied, same, bytes } = await copying(session, view, [from, to], { ...options, goOn });
  await view.told({
    ...{ from: session.print(from), to: session.print(to) },
    ...{ files: copied.length, bytes, removed: 0 },
    ...(options.clobber === false ? { same: 0, kept: same } : { same }),
  });
  if (to.kind === 'artifacts') {
    // <entity>/<project>/<type>/<collection>/<draft>
    const draft = session.print({ kind: to.kind, path: to.path.split('/').slice(0, 6).join('/') });
    await session.remark(`It waits here as a draft: 'wandb-fs commit ${draft}' makes a version of it.`);
  }
}
