/**
 * Names of W&B as names on a disk, whichever it is: nearly every name stands for itself; what some system, or git, can't
 * hold is percent-encoded. What stands on the disk is read back without further knowledge, so whoever adds files by hand
 * can write names as they are.
 */

/** Bytes of a name on the disk; longer ones go on in a directory. Systems take 255. */
const MOST_BYTES = 200;
/** At the end of a directory's name: the next name on the way down is the rest of this one. */
const GOES_ON = '%~';
/** An empty name, as between the slashes of 'a//b'. */
const NOTHING = '%-';

// biome-ignore lint/suspicious/noControlCharactersInRegex: systems refuse them in names
const UNSAFE = /[\x00-\x1f\x7f<>:"|?*\\/%]/g;
/** Half of a character, by itself. */
const HALF = /^[\ud800-\udfff]$/;
/** Windows drops them from the end of a name; '.' and '..' end so, too. */
const LAST = /[. ]$/;
/** Devices of Windows, whatever their extension, and what git reads itself instead of keeping it. */
const RESERVED = /^(?:(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$)(?=\.|$)|\.git|git~\d)/i;

const escapeByte = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;

const escapeText = (text: string): string => Array.from(Buffer.from(text), escapeByte).join('');

const escapeHalf = (half: string): string => `%u${half.charCodeAt(0).toString(16).toUpperCase()}`;

/** @param more characters at its beginning that are escaped although they needn't be */
function encoded(name: string, more: number): string {
  if (name === '') return NOTHING;
  const escaped = [...name].map((character, index) => {
    if (HALF.test(character)) return escapeHalf(character);
    return index < more ? escapeText(character) : character.replace(UNSAFE, escapeText);
  });
  const text = escaped.join('').replace(LAST, escapeText);
  // Some disks, and git, would compose it.
  return text.normalize('NFC') === text ? text : text.replace(/[^\x20-\x7e]+/g, escapeText);
}

/** The names one below the other that it takes. */
function cut(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (const [piece] of text.matchAll(/%u[\dA-F]{4}|%[\dA-F]{2}|%-|./gsu)) {
    if (Buffer.byteLength(part) + Buffer.byteLength(piece) > MOST_BYTES) {
      parts.push(part + GOES_ON);
      part = '';
    }
    part += piece;
  }
  return [...parts, part].map((each) => (RESERVED.test(each) ? each.replace(/^./u, escapeText) : each));
}

/** Two names that fold to the same one are the same to some disk. */
const folded = (name: string): string => name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');

const joined = (...names: readonly string[]): string => names.filter((name) => name !== '').join('/');

/** Gives out the names of a directory tree, so that no two of them are the same to any disk. */
export class WorldNames {
  /** By the path of a directory: what is in it, by folded names. */
  private readonly taken = new Map<string, Map<string, string>>();
  private readonly known = new Map<string, string>();

  /** Keeps a name free for something that isn't named by W&B. */
  reserve(directory: string, name: string): void {
    this.in(directory).set(folded(name), '');
  }

  /** The path on the disk of what is called `name` in a directory; the same one for the same name. */
  child(directory: string, name: string): string {
    const key = `${directory}\0${name}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    for (let more = 0; ; more++) {
      const path = this.take(directory, cut(encoded(name, more)));
      if (path === null) continue;
      this.known.set(key, path);
      return path;
    }
  }

  /** Of names one below the other, as those of a file. */
  below(directory: string, names: readonly string[]): string {
    return names.reduce((path, name) => this.child(path, name), directory);
  }

  private take(directory: string, parts: readonly string[]): string | null {
    const steps = parts.map((part, index) => ({ part, at: joined(directory, ...parts.slice(0, index)) }));
    for (const [index, { part, at }] of steps.entries()) {
      const there = this.in(at).get(folded(part));
      const isShared = index < parts.length - 1 && there === part;
      if (there !== undefined && !isShared) return null;
    }
    for (const { part, at } of steps) this.in(at).set(folded(part), part);
    return joined(directory, ...parts);
  }

  private in(directory: string): Map<string, string> {
    const there = this.taken.get(directory) ?? new Map<string, string>();
    this.taken.set(directory, there);
    return there;
  }
}

/** Does the name on the disk go on in the next one below it? */
export const isBeginning = (name: string): boolean => name.endsWith(GOES_ON);

/** The name that one on the disk stands for. Percent signs that begin no escape stand for themselves. */
export function decodeWorldName(parts: readonly string[]): string {
  const text = parts.map((part) => (isBeginning(part) ? part.slice(0, -GOES_ON.length) : part)).join('');
  if (text === NOTHING) return '';
  return text.replace(/%u([\dA-Fa-f]{4})|(?:%[\dA-Fa-f]{2})+/g, (escapes, half: string | undefined) =>
    half === undefined
      ? Buffer.from(escapes.replaceAll('%', ''), 'hex').toString()
      : String.fromCharCode(Number.parseInt(half, 16)),
  );
}
