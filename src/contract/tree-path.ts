/**
 * Segments joined by '/', without a leading or trailing slash; '' is the root. A segment that POSIX can't hold stands
 * percent-encoded, as `encodeName` does it; the store decodes it on the way out.
 */
export type TreePath = string & { readonly [spelt]: true };

declare const spelt: unique symbol;

/** Takes text for a tree path, for its caller knows that it is spelt as one. */
export const treePath = (text: string): TreePath => text as TreePath;

export const ROOT = treePath('');

/** The path that server names lead to, from an entity on. */
export const pathOf = (...names: readonly string[]): TreePath => treePath(names.map(encodeName).join('/'));

/** @param name of the server, of a child of the directory */
export const childPath = (path: TreePath, name: string): TreePath => joinPath(path, encodeName(name));

/** @param name of the server, of a file of the unit */
export const filePath = (unit: TreePath, name: string): TreePath => joinPath(unit, encodeFileName(name));

/** A trailing '/', which a caller may write, demands a directory. */
export const withoutSlash = (path: TreePath): TreePath =>
  path.endsWith('/') ? treePath(path.slice(0, -1)) : path;

/** Its names, outermost first; none of the root. */
export const segmentsOf = (path: TreePath): string[] => (path === ROOT ? [] : withoutSlash(path).split('/'));

/** The path of what stands at `below` in a directory. */
export const joinPath = (directory: TreePath, below: string): TreePath =>
  treePath(directory === ROOT || below === '' ? directory + below : `${directory}/${below}`);

/** The last name of a path, and the directory that it is in: '' above the first. */
export function splitPath(path: TreePath): { readonly parent: TreePath; readonly name: string } {
  const slash = path.lastIndexOf('/');
  return slash < 0
    ? { parent: ROOT, name: path }
    : { parent: treePath(path.slice(0, slash)), name: path.slice(slash + 1) };
}

export const parentOf = (path: TreePath): TreePath => splitPath(path).parent;

export const lastNameOf = (path: TreePath): string => splitPath(path).name;

/** How many names it has; 0 at the root. */
export const depthOf = (path: TreePath): number => segmentsOf(path).length;

/** The first `depth` names of a path. */
export const upperPath = (path: TreePath, depth: number): TreePath =>
  treePath(path.split('/').slice(0, depth).join('/'));

/** What is left of a path behind its first `depth` names. */
export const lowerPath = (path: TreePath, depth: number): string => path.split('/').slice(depth).join('/');

export const isAtOrBelow = (path: TreePath, ancestor: TreePath): boolean =>
  ancestor === '' || path === ancestor || path.startsWith(`${ancestor}/`);

export const isBelow = (path: TreePath, ancestor: TreePath): boolean =>
  path !== ancestor && isAtOrBelow(path, ancestor);

/**
 * Server names in tree paths. Nearly every name stands for itself, percent signs included; only what POSIX can't hold
 * is percent-encoded: '.', '..', the empty component of 'a//b' (as its slash), NUL, and '/' inside the name of an
 * entity, project or run. A server name that already looks like such an escape gets its '%' encoded. So names and path
 * segments map one to one, and no server name leaves its directory.
 */
interface SegmentCodec {
  encode(name: string): string;
  decode(segment: string): string;
}

/** Whole segments, and characters inside others, that need an escape. */
function segmentCodec(
  whole: readonly (readonly [name: string, escaped: string])[],
  inner: readonly (readonly [character: string, hex: string])[],
): SegmentCodec {
  const escapedOf = new Map(whole);
  const nameOf = new Map(whole.map(([name, escaped]) => [escaped, name]));
  const hexOf = new Map(inner);
  const characterOf = new Map(inner.map(([character, hex]) => [hex, character]));
  const hexes = [...hexOf.values()];
  const characters = new RegExp(`[${hexes.map((hex) => `\\x${hex}`).join('')}]`, 'g');
  const escapes = new RegExp(`%((?:25)*)(${hexes.join('|')})`, 'g');
  const looksEscaped = (segment: string): boolean => nameOf.has(segment.replace(/^%(?:25)*/, '%'));
  return {
    encode(name) {
      const escaped = escapedOf.get(name);
      if (escaped !== undefined) return escaped;
      if (looksEscaped(name)) return `%25${name.slice(1)}`;
      return name
        .replace(escapes, '%25$1$2')
        .replace(characters, (character) => `%${hexOf.get(character) ?? ''}`);
    },
    decode(segment) {
      const name = nameOf.get(segment);
      if (name !== undefined) return name;
      if (looksEscaped(segment)) return `%${segment.slice(3)}`;
      return segment.replace(escapes, (text, stuffing: string, hex: string) =>
        stuffing === '' ? (characterOf.get(hex) ?? text) : `%${stuffing.slice(2)}${hex}`,
      );
    },
  };
}

const DOTS = [
  ['.', '%2E'],
  ['..', '%2E%2E'],
] as const;
const NUL = ['\0', '00'] as const;

const component = segmentCodec([['', '%2F'], ...DOTS], [NUL]);
const single = segmentCodec([['', '%'], ...DOTS], [NUL, ['/', '2F']]);

/** The segment that stands for the name of an entity, a project or a run. */
export const encodeName = (name: string): string => single.encode(name);

export const decodeName = (segment: string): string => single.decode(segment);

/** A sign that is escaped or escapes, or a component that is. Manifests have names by the hundred thousand. */
const MAY_NEED_ESCAPE = /[%\0]|(?:^|\/)\.{0,2}(?:\/|$)/;

/** The path, below its run, that stands for a file name; '/' in names separates directories. */
export const encodeFileName = (name: string): string =>
  MAY_NEED_ESCAPE.test(name) ? name.split('/').map(component.encode).join('/') : name;

export const decodeFileName = (path: string): string => path.split('/').map(component.decode).join('/');

/** Disk filesystems stop at 255 bytes; names at W&B are longer now and then, and storages take keys of 1024. */
export const LONGEST_NAME_BYTES = 1024;

/** Can any part of it be too long? Told without looking at its signs: no sign takes more than three bytes of UTF-8. */
export const mayBeTooLong = (text: string): boolean => text.length * 3 > LONGEST_NAME_BYTES;

/** @param segment of a tree path */
export const isTooLong = (segment: string): boolean =>
  mayBeTooLong(segment) && Buffer.byteLength(segment) > LONGEST_NAME_BYTES;

/** @param name of a file, as the server writes it */
export const hasTooLongName = (name: string): boolean =>
  mayBeTooLong(name) &&
  name.split('/').some((part) => mayBeTooLong(part) && isTooLong(component.encode(part)));
