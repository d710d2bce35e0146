import { depthOf, isAtOrBelow, splitPath, type TreePath, withoutSlash } from '../../contract/tree-path.js';
import type { Missing } from '../../kernel/namespace/missing.js';
import type { Mount } from './paths.js';

/** Names that a sentence may hold; more of them help nobody. */
const MOST_NAMES = 3;

/**
 * One sentence or two on a path that isn't there: which level is missing, what may have been meant, and, where something
 * was to be made, how the level is made. Null where Node's own message says all.
 */
export function whyMissing(
  mount: Mount,
  path: TreePath,
  missing: Missing | null,
  isMaking: boolean,
): string | null {
  const root = mount.top;
  const isRoot = root !== '' && isAtOrBelow(root, missing?.path ?? withoutSlash(path));
  const start = isRoot ? `The option \`root\` is '${root}', which isn't there. ` : '';
  if (!missing) return start.trim() || null;
  const { levels, partialDepth } = mount.layout.shape;
  const depth = depthOf(missing.path);
  const { parent, name } = splitPath(missing.path);
  const level = levels[depth - 1]?.name ?? 'file';
  const above = levels[depth - 2]?.name;
  const notation = mount.layout.rewritten(mount, path, depth);
  const { isParentMissing = false, titled = [], spelt = [] } = missing.alike ?? {};
  const hint = notation === null ? '' : ` ${notation}`;
  // There may be more for others.
  const isPartial = depth <= partialDepth;
  const reach = isPartial ? ' that this key may see' : '';
  if (above === undefined) return `${start}There is no ${level} '${name}'${reach}.${hint}`;
  if (isParentMissing) return `${start}There is no ${above} '${parent}' that this key may see.${hint}`;
  const place = isPartial ? `${above} '${parent}'` : `'${parent}'`;
  const isSure = missing.isParentKnown || missing.alike !== null;
  const said = isSure
    ? `There is no ${level} '${name}' in ${place}${reach}.`
    : `There is no ${level} '${name}' in ${place}${reach}, or no such ${above}.`;
  const owners = `${level}${titled.length > 1 ? 's' : ''} ${listed(titled, ' and ')}`;
  const guess = titled.length > 0 ? ` '${name}' is the display name of ${owners}.` : '';
  const near = spelt.length > 0 ? ` Did you mean ${listed(spelt, ' or ')}?` : '';
  const isGuessed = guess !== '' || near !== '' || hint !== '';
  const making = isMaking && isSure && !isGuessed ? (levels[depth - 1]?.howMade ?? null) : null;
  return `${start}${said}${hint}${guess}${near}${making === null ? '' : ` ${making}`}`;
}

function listed(names: readonly string[], last: string): string {
  const quoted = names.map((name) => `'${name}'`);
  if (names.length > MOST_NAMES) return `${quoted.slice(0, MOST_NAMES).join(', ')} and others`;
  return [quoted.slice(0, -1).join(', '), quoted.at(-1)].filter((part) => part !== '').join(last);
}
