import { parseSettings } from '../../src/config/environment/settings-file.js';

const read = (...lines: string[]): Record<string, string> =>
  Object.fromEntries(parseSettings(lines.join('\n')));

describe('a settings file is read as Python reads it', () => {
  test.each([
    ['base_url = https://h:8080/x', 'https://h:8080/x'],
    ['base_url: https://h:8080/x', 'https://h:8080/x'],
    ['base_url=https://h:8080/x', 'https://h:8080/x'],
    ['BASE_URL  :  https://h:8080/x  ', 'https://h:8080/x'],
    ['base_url = a ; b # c', 'a ; b # c'],
    ['base_url = a = b', 'a = b'],
    ['base_url = "a"', '"a"'],
    ['base_url =', ''],
    ['base_url = 100%%', '100%'],
  ])('%j sets %j', (line, value) => {
    expect(read('[default]', line)).toEqual({ base_url: value });
  });

  test('deeper lines go on with a value, comments stand on lines of their own', () => {
    expect(
      read('# first', '[default]', 'a = 1', '  2', '', '  ; comment', '\t3', ' ', 'b = 4', '; c = 5', ''),
    ).toEqual({ a: '1\n2\n\n3', b: '4' });
  });

  test('an indented setting is one, where there is nothing to go on with', () => {
    expect(read('[default]', '  a = 1', '  b = 2', '    c = 3')).toEqual({ a: '1', b: '2\nc = 3' });
  });

  test('of its sections only [default] counts, to which [DEFAULT] adds', () => {
    expect(read('[other]', 'a = 1')).toEqual({});
    expect(read('[Default]', 'a = 1')).toEqual({});
    expect(read('[DEFAULT]', 'a = 1')).toEqual({});
    expect(read('[DEFAULT]', 'a = 1', 'b = 1', '[x]', 'c = 1', '[default]', 'b = 2')).toEqual({
      a: '1',
      b: '2',
    });
  });

  test('a value may stand for others', () => {
    expect(read('[default]', 'host = h:1', 'base_url = https://%(HOST)s/%%x')).toEqual({
      host: 'h:1',
      base_url: 'https://h:1/%x',
    });
  });

  test("the line ends of Windows, and a mark of the file's encoding", () => {
    expect(read('\uFEFF[default]\r', 'a = 1\r', '')).toEqual({ a: '1' });
  });
});

test.each([
  [['secret = 1'], 1],
  [['[default]', 'secret'], 2],
  [['[default]', '= secret'], 2],
  [['[default]', 'a = secret', 'A = 2'], 3],
  [['[default]', 'a = 1', '[default]'], 3],
  [['[default]', 'a = secret%'], 2],
  [['[default]', 'a = %(secret)s'], 2],
  [['[default]', 'a = %(a)s'], 2],
])('%j is none; the error tells the line, not the content', (lines, line) => {
  expect(() => read(...lines)).toThrow(SyntaxError);
  expect(() => read(...lines)).toThrow(new RegExp(`^line ${line}: (?!.*secret)`));
});
