/** What a netrc file knows of one machine. */
export interface NetrcEntry {
  readonly login: string | null;
  readonly password: string | null;
}

interface Token {
  readonly text: string;
  readonly isQuoted: boolean;
}

/**
 * Reads a netrc file: `machine` and `default` entries, `macdef` bodies skipped, quoted values with backslashes,
 * comments where a keyword could stand. The last entry of a machine counts, as in Python's `netrc`.
 *
 * Throws a SyntaxError, without the file's content, for what is no netrc file.
 */
export function parseNetrc(content: string): {
  readonly machines: ReadonlyMap<string, NetrcEntry>;
  readonly fallback: NetrcEntry | null;
} {
  const machines = new Map<string, NetrcEntry>();
  let fallback: NetrcEntry | null = null;
  const reader = new Reader(content);
  let keyword = reader.keyword();
  while (keyword !== null) {
    if (keyword === 'macdef') {
      reader.value('macdef');
      reader.skipMacro();
      keyword = reader.keyword();
    } else if (keyword === 'machine' || keyword === 'default') {
      const name = keyword === 'machine' ? reader.value('machine') : null;
      const entry = { login: null as string | null, password: null as string | null };
      for (keyword = reader.keyword(); keyword !== null; keyword = reader.keyword()) {
        if (keyword === 'login' || keyword === 'user') entry.login = reader.value(keyword);
        else if (keyword === 'password') entry.password = reader.value(keyword);
        else if (keyword === 'account') reader.value(keyword);
        else break;
      }
      if (name === null) fallback = entry;
      else machines.set(name, entry);
    } else {
      throw new SyntaxError(`line ${reader.line}: a keyword such as 'machine' was expected`);
    }
  }
  return { machines, fallback };
}

class Reader {
  private at = 0;

  constructor(private readonly content: string) {}

  get line(): number {
    return this.content.slice(0, this.at).split('\n').length;
  }

  /** The next keyword, or null at the end. A '#' here begins a comment; in a value it is a character. */
  keyword(): string | null {
    for (let token = this.next(); token; token = this.next()) {
      if (token.isQuoted || !token.text.startsWith('#')) return token.text;
      this.skipLine();
    }
    return null;
  }

  value(of: string): string {
    const token = this.next();
    if (!token) throw new SyntaxError(`line ${this.line}: '${of}' has no value`);
    return token.text;
  }

  /** A macro's body ends with an empty line. */
  skipMacro(): void {
    const end = /\r?\n[ \t]*\r?\n/g;
    end.lastIndex = this.at;
    this.at = end.exec(this.content) ? end.lastIndex : this.content.length;
  }

  private skipLine(): void {
    const end = this.content.indexOf('\n', this.at);
    this.at = end < 0 ? this.content.length : end + 1;
  }

  private next(): Token | null {
    while (/\s/.test(this.content[this.at] ?? '')) this.at++;
    const first = this.content[this.at];
    if (first === undefined) return null;
    const isQuoted = first === '"';
    if (isQuoted) this.at++;
    let text = '';
    for (; this.at < this.content.length; this.at++) {
      let character = this.content[this.at] ?? '';
      if (isQuoted ? character === '"' : /\s/.test(character)) break;
      if (character === '\\') character = this.content[++this.at] ?? '';
      text += character;
    }
    if (isQuoted && this.content[this.at++] !== '"') {
      throw new SyntaxError(`line ${this.line}: a quoted value has no end`);
    }
    return { text, isQuoted };
  }
}
