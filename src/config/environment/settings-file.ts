/** The section of W&B's settings, and the one that stands for all sections where there is that one. */
const SECTION = 'default';
const COMMON = 'DEFAULT';

interface Option {
  readonly lines: string[];
  /** Of its first line. */
  readonly index: number;
}

const broken = (index: number, reason: string): SyntaxError =>
  new SyntaxError(`line ${index + 1}: ${reason}`);

type Section = Map<string, Option>;

/**
 * Settings by name, from one of W&B's settings files, as Python's `configparser` reads them, which the SDK uses: names of
 * settings in any case, those of sections in theirs; '=' or ':' between name and value; lines that are indented deeper go
 * on with a value; comments are lines of their own; `%(name)s` stands for another setting, `%%` for '%'.
 *
 * Throws a SyntaxError, without the file's content, for what the SDK doesn't take either.
 */
export function parseSettings(content: string): ReadonlyMap<string, string> {
  const sections = sectionsOf(content.replace(/^\uFEFF/, ''));
  const own = sections.get(SECTION);
  if (!own) return new Map();
  const options = new Map([...(sections.get(COMMON) ?? []), ...own]);
  const raw = (name: string): string | null => options.get(name)?.lines.join('\n').trimEnd() ?? null;
  return new Map(
    [...options].map(([name, { index }]) => [name, interpolated(raw(name) ?? '', raw, index)] as const),
  );
}

function sectionsOf(content: string): ReadonlyMap<string, Section> {
  const sections = new Map<string, Section>();
  let section: Section | null = null;
  let option: Option | null = null;
  let indent = 0;
  for (const [index, text] of content.split(/\r\n|\r|\n/).entries()) {
    const line = text.trim();
    if (/^[#;]/.test(line)) continue;
    const depth = text.length - text.trimStart().length;
    if (option !== null && (line === '' || depth > indent)) option.lines.push(line);
    if (line === '' || (option !== null && depth > indent)) continue;
    indent = depth;
    const header = /^\[(.+)\]/.exec(line)?.[1];
    if (header !== undefined) {
      if (sections.has(header) && header !== COMMON) throw broken(index, 'a section comes a second time');
      section = sections.get(header) ?? new Map();
      sections.set(header, section);
      option = null;
      continue;
    }
    const [, name = '', value = ''] = /^(.*?)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (section === null) throw broken(index, `a section such as [${SECTION}] was expected`);
    if (name === '') throw broken(index, "a setting such as 'name = value' was expected");
    if (section.has(name.toLowerCase())) throw broken(index, 'a setting comes a second time');
    option = { lines: [value], index };
    section.set(name.toLowerCase(), option);
  }
  return sections;
}

/** Deeper than this, settings stand for each other. */
const DEEPEST = 10;

function interpolated(text: string, raw: (name: string) => string | null, index: number, depth = 1): string {
  if (depth > DEEPEST) throw broken(index, 'the value stands for itself');
  return text.replace(/%(?:(%)|\(([^)]+)\)s)?/g, (_, percent?: string, name?: string) => {
    if (percent) return '%';
    const value = name === undefined ? null : raw(name.toLowerCase());
    if (value === null) throw broken(index, "'%' stands for no setting; '%%' is a '%'");
    return interpolated(value, raw, index, depth + 1);
  });
}
