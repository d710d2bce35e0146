import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { Command } from '../../command.js';
import { EXIT } from '../../exit-status.js';
import type { Place } from '../../places/place.js';
import type { Session } from '../../session.js';
import { copying } from '../../transfers/copying.js';
import { inDirectory } from '../../transfers/ends.js';
import { type TransferOptions, withTransferOptions } from '../../transfers/options.js';
import { NOTHING } from '../../transfers/view/view.js';
import { UsageError } from '../../usage-error.js';

type Difference = 'missing' | 'changed' | 'extra';

/** Compares two places by the checksums of their files; what W&B tells none of is read. */
export const verify: Command<TransferOptions> = {
  declare: (command) =>
    withTransferOptions(
      command.argument('<local>', 'a file or directory').argument('<path>', 'what it is compared with'),
    ),
  examples: ['verify data wandbfs://team/project/run/data', 'verify model team/project/net:prod'],

  async run(session, [first = '', second = ''], options) {
    const [local, remote] = [await session.place(first), await session.place(second)];
    if (local.kind === 'local' && remote.kind === 'local') {
      throw new UsageError(`'${first}' and '${second}' are both on this machine: one is at W&B.`);
    }
    // What would have to be done here for it to be as there: what is to be copied is missing, or changed.
    const { copied, removed, same } = await copying(session, NOTHING, [remote, local], {
      ...options,
      removes: true,
      dryRun: true,
    });
    const differences: { readonly name: string; readonly difference: Difference }[] = [];
    let read = 0;
    for (const { name, isNew } of copied) {
      if (isNew) differences.push({ name, difference: 'missing' });
      else if (await haveSameContent(session, inDirectory(local, name), inDirectory(remote, name))) read++;
      else differences.push({ name, difference: 'changed' });
    }
    for (const name of removed) differences.push({ name, difference: 'extra' });
    await told(session, differences, same + read, options.json === true);
    if (differences.length > 0) session.endWith(EXIT.failed);
  },
};

async function haveSameContent(session: Session, one: Place, other: Place): Promise<boolean> {
  const [first, second] = [await session.fsOf(one), await session.fsOf(other)];
  const [here, there] = await Promise.all([first.promises.stat(one.path), second.promises.stat(other.path)]);
  if (here.size !== there.size) return false;
  return (await hashOf(session, one)) === (await hashOf(session, other));
}

async function hashOf(session: Session, place: Place): Promise<string> {
  const fs = await session.fsOf(place);
  const hash = createHash('sha256');
  for await (const chunk of fs.createReadStream(place.path, { signal: session.signal })) hash.update(chunk);
  return hash.digest('hex');
}

async function told(
  session: Session,
  differences: readonly { readonly name: string; readonly difference: Difference }[],
  same: number,
  isJson: boolean,
): Promise<void> {
  if (isJson) return session.out.line(JSON.stringify({ same, differences }));
  for (const { name, difference } of differences) {
    await session.out.line(`${difference} ${session.name(posix.normalize(name))}`);
  }
  await session.remark(`${same} files are the same, ${differences.length} differ.`);
}
