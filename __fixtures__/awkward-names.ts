/**
 * Names that run files may have and that not every disk can hold, so that they can't stand on it as they are: separators of
 * other systems, signs with a meaning in URLs, LIKE patterns and globs, and pairs that some disks take for one name.
 */
export const awkwardNames: readonly string[] = [
  'question?.txt',
  'star*.txt',
  'less<greater>.txt',
  'pipe|.txt',
  'colon:.txt',
  'double"quote.txt',
  'back\\slash.txt',
  'line\nbreak.txt',
  'tab\there.txt',
  'trailing space ',
  'trailing dot.',
  '...',
  '..b/c..',
  'percent%2Fslash.txt',
  'percent%.txt',
  'under_score.txt',
  'underXscore.txt',
  'CASE.txt',
  'case.txt',
  // One letter composed, then decomposed.
  'caf\u00e9.txt',
  'cafe\u0301.txt',
  // Right to left, zero width, outside the basic plane.
  '\u05e9\u05dc\u05d5\u05dd.txt',
  'zero\u200bwidth.txt',
  '\u{1f9ec}\u{1f468}\u200d\u{1f469}\u200d\u{1f467}.txt',
  'CON',
  'aux.txt',
  '__proto__',
  'constructor',
  `${'long/'.repeat(40)}leaf.txt`,
  `${'\u00fc'.repeat(120)}.txt`,
];

/** A file of its own content for each awkward name, as `seed` takes them. */
export const awkwardFiles = (): Record<string, string> =>
  Object.fromEntries(awkwardNames.map((name) => [name, `content of ${name}\n`]));
