/** What Windows takes for a device, with any extension and in any case. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³])[ ]*(?:[.:].*)?$/i;

/** Separators, drives and streams, wildcards, control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
const UNFIT_FOR_WINDOWS = /[\\/:*?"<>|\u0000-\u001f]/;

/**
 * Why a name from a server, which may be anybody's, can't become one in a directory of this machine's disk; null: it can.
 * A name that leaves its directory must not be written anywhere, and one that means another must not replace that.
 */
export function unfitness(name: string, platform: NodeJS.Platform): string | null {
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) return 'it is no name of a file';
  if (platform !== 'win32') return null;
  if (UNFIT_FOR_WINDOWS.test(name)) return "it holds a character that names can't have on Windows";
  if (/[. ]$/.test(name)) return 'Windows leaves out dots and spaces at the end of names';
  if (DEVICE.test(name)) return 'it is the name of a device on Windows';
  return null;
}

/** Systems whose disks, as they come, don't tell apart names that differ in case or in how accents are composed. */
const FOLDING: ReadonlySet<NodeJS.Platform> = new Set(['win32', 'darwin']);

/** The names that are written into one directory of the disk. */
export class DiskNames {
  private readonly taken = new Map<string, string>();

  constructor(private readonly platform: NodeJS.Platform) {}

  /** Why the next name can't be written beside those before; null: it can. */
  refusalOf(name: string): string | null {
    const unfit = unfitness(name, this.platform);
    if (unfit !== null || !FOLDING.has(this.platform)) return unfit;
    const folded = name.normalize('NFC').toUpperCase().toLowerCase();
    const other = this.taken.get(folded);
    if (other !== undefined && other !== name) return `it is the same as '${other}' to this disk`;
    this.taken.set(folded, name);
    return null;
  }
}
