import { Failure } from '../../contract/failure.js';
import type { Core } from '../core.js';
import type { Inode } from '../namespace/inode.js';
import { ensureListed, find } from '../namespace/resolve.js';
import type { Operation } from '../operation/operation.js';

/** A file of a draft as a unit will have it: links in the draft are what they lead to. */
export interface Content {
  /** Its path below the draft, as a tree path. */
  readonly name: string;
  readonly inode: Inode;
}

/**
 * All that a draft holds, links followed as the walk of the official SDK's `add_dir` follows them. Throws a failure that
 * names the link where one leads nowhere, into itself, or to what no content can be taken from, and a Fault where that
 * isn't known yet.
 */
export function contentsOf(core: Core, op: Operation, draft: Inode): readonly Content[] {
  const contents: Content[] = [];
  const around = new Set<Inode>();
  const visit = (directory: Inode, prefix: string): void => {
    around.add(directory);
    if (!directory.draft) ensureListed(core, op, directory);
    assertReadable(core, directory, prefix || './');
    for (const child of directory.children?.values() ?? []) {
      const name = prefix + child.name;
      const inode = child.local?.link ? endOf(core, op, child, name) : child;
      if (around.has(inode))
        throw new Failure(
          'ELOOP',
          `'${name}' leads to a directory that it is in: links go round in a circle.`,
        );
      if (inode.isDirectory) {
        visit(inode, `${name}/`);
        continue;
      }
      assertReadable(core, inode, name);
      contents.push({ name, inode });
    }
    around.delete(directory);
  };
  visit(draft, '');
  return contents;
}

/** Who may not read it can't store it either. */
function assertReadable(core: Core, inode: Inode, name: string): void {
  try {
    core.assertPermitted(inode, 'read');
    if (inode.isDirectory) core.assertPermitted(inode, 'search');
  } catch (thrown) {
    if (thrown instanceof Failure)
      throw new Failure(thrown.code, `The mode of '${name}' keeps you from reading it.`);
    throw thrown;
  }
}

function endOf(core: Core, op: Operation, link: Inode, name: string): Inode {
  const leadsTo = `'${name}' leads to '${link.target}'`;
  const end = lookAt(core, op, link, leadsTo);
  if (!end) throw new Failure('ENOENT', `${leadsTo}, and nothing is there.`);
  if (end.depth < core.unitDepth) throw new Failure('EXDEV', `${leadsTo}: ${core.shape.drafts?.beyond}`);
  return end;
}

function lookAt(core: Core, op: Operation, link: Inode, leadsTo: string): Inode | null {
  try {
    return find(core, op, link.path);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    const { code, detail, cause } = thrown;
    throw new Failure(code, detail === null ? `${leadsTo}.` : `${leadsTo}: ${detail}`, cause);
  }
}
