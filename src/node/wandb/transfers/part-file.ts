import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import {
  ownIdentity,
  parseIdentity,
  standingOf,
  textOf,
} from '../../../kernel/content/spool/process-identity.js';
import { disk as nodeDisk } from '../../../platform/disk.js';
import { hasCode } from '../../arguments/errors.js';

const { promises: disk } = nodeDisk;

/** What is fetched anew sooner than it is found again. */
export const SMALLEST_PART = 1024 * 1024;

/** `.wandb-fs-<of which file>-<of which content>[-<whose>].part` */
const PART = /^\.wandb-fs-([0-9a-f]{16})-([0-9a-f]{16})(?:-(.+))?\.part$/;

export const isPartFile = (name: string): boolean => PART.test(name);

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

let count = 0;

/**
 * What there is of a file that is being fetched, beside its place. Only one may write to it: who goes on from what another
 * has left takes it by a rename, of which one of several succeeds. The name tells the owner while there is one, so that
 * what a kill has left can be told from what is being written; that of a machine that can't be asked stays.
 */
export class PartFile {
  private constructor(
    /** Where it is while it is this owner's. */
    readonly path: string,
    private readonly unowned: string,
  ) {}

  /**
   * Takes what was left of this content; the rest of what nobody owns, of other content for the same place, goes.
   *
   * @param digestName 'algorithm:base64' of the whole content
   */
  static async claim(target: string, digestName: string): Promise<PartFile> {
    const directory = dirname(target);
    const [file, content] = [hashOf(basename(target)), hashOf(digestName)];
    const owner = `${textOf(ownIdentity())}-${++count}`;
    const unowned = join(directory, `.wandb-fs-${file}-${content}.part`);
    const part = new PartFile(join(directory, `.wandb-fs-${file}-${content}-${owner}.part`), unowned);
    let isTaken = false;
    for (const name of (await disk.readdir(directory)).sort()) {
      const [, ofFile, ofContent, ofOwner] = PART.exec(name) ?? [];
      if (ofFile !== file || (ofOwner !== undefined && !isDead(ofOwner))) continue;
      const found = join(directory, name);
      if (ofContent === content && !isTaken) isTaken = await renamed(found, part.path);
      else await disk.rm(found, { force: true });
    }
    return part;
  }

  /** Leaves it to whoever comes next. */
  async leave(): Promise<void> {
    await renamed(this.path, this.unowned);
  }
}

function isDead(owner: string): boolean {
  const identity = parseIdentity(owner.slice(0, owner.lastIndexOf('-')));
  return identity !== null && standingOf(identity) === 'dead';
}

/** False where it was gone: another has taken it. */
async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await disk.rename(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
