import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type List =
  | 'fs'
  | 'fs.promises'
  | 'FileHandle'
  | 'Dir'
  | 'Dirent'
  | 'Stats'
  | 'StatFs'
  | 'FSWatcher'
  | 'StatWatcher'
  | 'constants';

/** What a version of Node has (`scripts/node-members.mjs`). */
export const nodeMembers = (major: number): Readonly<Record<List, readonly string[]>> =>
  JSON.parse(readFileSync(join(__dirname, '../../../__fixtures__/node-members', `${major}.json`), 'utf8'));

export const NODES = [20, 22, 24, 26] as const;

export const inAnyNode = (list: List): ReadonlySet<string> =>
  new Set(NODES.flatMap((major) => nodeMembers(major)[list]));
