/** What a netrc file knows of one machine. */
export interface NetrcEntry {
  readonly login: string;
  /** '' where the entry has none. */
  readonly password: string;
}

/**
 * Reads a netrc file, as Python's `netrc` does, which the SDK uses: `machine` and `default` entries over any number of
 * lines, `macdef` bodies skipped, quoted values, backslashes before any sign, comments where a keyword could stand. The
 * last entry of a machine counts.
 *
 * Throws a SyntaxError, without the file's content, for what is no netrc file.
 */
export function parseNetrc(content: string): {
  readonly machines: ReadonlyMap<string, NetrcEntry>;
  readonly fallback: NetrcEntry | null;
} {
  const machines = new Map<string, NetrcEntry>();
  let fallback: NetrcEntry | null = null;
  let entry: { login: string; password: string } | null = null;
  const reader = new Reader(content);
  for (let keyword = reader.keyword(); keyword !== null; keyword = reader.keyword()) {
    if (keyword === 'macdef') {
      reader.value();
      reader.skipMacro();
      entry = null;
    } else if (keyword === 'machine' || keyword === 'default') {
      const name = keyword === 'machine' ? reader.value() : 'default';
      if (name === '') throw new SyntaxError(`line ${reader.line}: 'machine' has no name`);
      entry = { login: '', password: '' };
      if (name === 'default') fallback = entry;
      else machines.set(name, entry);
    } else if (entry && (keyword === 'login' || keyword === 'user')) entry.login = reader.value();
    else if (entry && keyword === 'password') entry.password = reader.value();
    else if (entry && keyword === 'account') reader.value();
    else throw new SyntaxError(`line ${reader.line}: a keyword such as 'machine' was expected`);
  }
  return { machines, fallback };
}

/** Others are characters of a value: a password may hold any. */
const WHITE_SPACE = /[\n\t ]/;

class Reader {
  private readonly content: string;
  private at = 0;

  constructor(content: string) {
    // Editors of Windows begin files with a mark of their encoding.
    this.content = content.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  }

  get line(): number {
    return this.content.slice(0, this.at).split('\n').length;
  }

  /** The next keyword, or null at the end, which `""` is too. A '#' here begins a comment; in a value it is a character. */
  keyword(): string | null {
    for (let token = this.next(); token; token = this.next()) {
      if (!token.startsWith('#')) return token;
      this.skipLine();
    }
    return null;
  }

  /** What follows a keyword; '' at the end of the file. */
  value(): string {
    return this.next() ?? '';
  }

  /** A macro's body ends with an empty line. */
  skipMacro(): void {
    const end = /\n\n/g;
    end.lastIndex = this.at;
    this.at = end.exec(this.content) ? end.lastIndex : this.content.length;
  }

  private skipLine(): void {
    const end = this.content.indexOf('\n', this.at);
    this.at = end < 0 ? this.content.length : end + 1;
  }

  private next(): string | null {
    while (WHITE_SPACE.test(this.content[this.at] ?? '')) this.at++;
    if (this.at >= this.content.length) return null;
    const isQuoted = this.content[this.at] === '"';
    if (isQuoted) this.at++;
    let text = '';
    for (; this.at < this.content.length; this.at++) {
      let character = this.content[this.at] ?? '';
      if (isQuoted ? character === '"' : WHITE_SPACE.test(character)) break;
      if (character === '\\') character = this.content[++this.at] ?? '';
      text += character;
    }
    // A quote that isn't closed ends with the file.
    if (isQuoted) this.at++;
    return text;
  }
}
