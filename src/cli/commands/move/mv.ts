import { Option } from 'commander';
import type { Command } from '../../command.js';
import type { Place } from '../../places/place.js';
import type { Session } from '../../session.js';
import { assertNamesCopy, inDirectory, nameOf, statOf } from '../../transfers/ends.js';
import { journaled, type TransferOptions, withTransferOptions } from '../../transfers/options.js';
import { UsageError } from '../../usage-error.js';
import { copyAll } from './cp.js';

interface Options extends TransferOptions {
  readonly clobber?: boolean;
}

/** Renames in one place; between two it copies, and removes what is copied when W&B has it. */
export const mv: Command<Options> = {
  declare: (command) =>
    withTransferOptions(
      command
        .usage('[options] <from...> <to>')
        .argument('<path...>', 'what is moved, and last its new name, or a directory for it')
        .option('-n, --no-clobber', 'what is moved to where something is stays')
        .addOption(new Option('-f, --force').hideHelp()),
    ),
  examples: [
    'mv wandbfs://team/project/run/a.txt wandbfs://team/project/run/b.txt',
    'mv results wandbfs://team/project/run/results',
  ],
  isWriting: true,
  filesystem: journaled,

  async run(session, operands, options) {
    if (options.include || options.exclude) {
      throw new UsageError("'mv' moves all there is: '--include' and '--exclude' are for 'cp' and 'sync'.");
    }
    if (operands.length < 2) throw new UsageError(`'${operands[0]}' is where from: say where to, too.`);
    const to = await session.place(operands.at(-1) ?? '');
    if (to.kind === 'artifacts') {
      const advice = "copy it ('cp'), and remove it when the draft is committed";
      throw new UsageError(
        `'${to.text}' is a draft, which W&B doesn't have before it is committed: ${advice}.`,
      );
    }
    const isInto = (await statOf(session, to))?.isDirectory() ?? false;
    const left: string[] = [];
    await session.each(operands.slice(0, -1), async (from, text) => {
      if (!isInto) await assertNamesCopy(session, from, to);
      const place = isInto ? inDirectory(to, nameOf(from)) : to;
      if (options.clobber === false && (await statOf(session, place))) {
        return session.remark(`'${session.print(place)}' is there: '${text}' stays.`);
      }
      if (await renamed(session, from, place)) return;
      if (isWhole(from)) throw new UsageError(`'${text}' moves in two steps: ${TWO_STEPS}.`);
      left.push(text);
    });
    if (left.length === 0) return;
    await copyAll(session, [...left, to.text], { ...options, recursive: true }, async (from) => {
      const { promises } = await session.fsOf(from);
      await promises.rm(from.path, { recursive: true });
    });
  },
};

/** A run, a project or an entity, which only `rm` takes away, being told to. */
const isWhole = ({ kind, path }: Place): boolean => kind === 'runs' && /^(?:\/[^/]*){1,3}$/.test(path);

const TWO_STEPS = "copy it by 'cp -r', then remove it by 'rm -r --allow-delete'";

/** False where it has to be copied. */
async function renamed(session: Session, from: Place, to: Place): Promise<boolean> {
  if (from.kind !== to.kind) return false;
  if (from.kind === 'local')
    throw new UsageError(`'${from.text}' and '${to.text}' are both on this machine: use \`mv\`.`);
  const { promises } = await session.fsOf(from);
  try {
    await promises.rename(from.path, to.path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EXDEV') return false;
    throw error;
  }
}
