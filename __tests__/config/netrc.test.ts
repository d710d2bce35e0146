import { parseNetrc } from '../../src/config/environment/netrc.js';

const passwordOf = (content: string, machine = 'host'): string | null | undefined =>
  parseNetrc(content).machines.get(machine)?.password;

test.each([
  ['machine host login user password secret', 'on one line'],
  ['machine host\n\tlogin user\r\n  password secret\n', 'on several'],
  ['machine other password x machine host password secret', 'after another'],
  ['machine host password wrong\nmachine host password secret', 'the last of two'],
  ['# machine host password x\nmachine host # comment\npassword secret', 'between comments'],
  ['machine host account a password secret', 'with an account'],
  ['machine "host" login "a user" password "secret"', 'in quotes'],
  ['macdef init\ncd /pub\nmachine host password x\n\nmachine host password secret', 'behind a macro'],
  ['machine host login # password secret', 'of a user named #'],
  ['machine host login password password secret', 'of a user named password'],
  ['#machine host password x\nmachine host password secret', 'under an entry that is a comment'],
  ['machine host password x # y\n  password secret', 'given twice'],
  ['machine host user u\r\n\tpassword secret\r\n', 'with the line ends of Windows'],
  ['\uFEFFmachine host password secret', "behind a mark of the file's encoding"],
  ['default password x machine host password secret', 'behind the default entry'],
  ['machine host password "secret', 'in a quote that ends with the file'],
  ['macdef init\r\ncd /pub\r\n\r\nmachine host password secret', 'behind a macro of Windows'],
])('%j holds the password: %s', (content) => {
  expect(passwordOf(content)).toBe('secret');
});

test('a password may hold any sign', () => {
  expect(passwordOf('machine host password #se#cret')).toBe('#se#cret');
  expect(passwordOf('machine host password "se \\"cret"')).toBe('se "cret');
  expect(passwordOf('machine host password se\\ cret')).toBe('se cret');
  expect(passwordOf('machine host password "se cret # x"')).toBe('se cret # x');
  expect(passwordOf('machine host password se"cret')).toBe('se"cret');
  expect(passwordOf('machine host password s\\\\e\u00a0cret')).toBe('s\\e\u00a0cret');
});

test('the default entry stands for all other machines', () => {
  const { machines, fallback } = parseNetrc('machine a password x\ndefault login u password y');
  expect(machines.get('host')).toBeUndefined();
  expect(fallback).toEqual({ login: 'u', password: 'y' });
});

test.each(['machine host', 'machine host login u', 'machine host password', 'machine host password ""'])(
  '%j holds no password',
  (content) => {
    expect(passwordOf(content)).toBe('');
  },
);

test.each([
  'machine',
  'machine ""',
  'host password secret',
  'machine host password "secret"cret',
  'machine host password one secret',
  'login x',
])('%j is no netrc file; the error tells the line, not the content', (content) => {
  const parse = () => parseNetrc(content);
  expect(parse).toThrow(SyntaxError);
  expect(parse).toThrow(/^line 1: (?!.*secret)/);
});
