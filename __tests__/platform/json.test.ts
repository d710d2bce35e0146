import fc from 'fast-check';
import { withoutConstants } from '../../src/platform/json.js';
import { anyCharacter } from '../helpers/characters.js';

describe('numbers that JSON has not become the text of their names', () => {
  test('wherever a value can be', () => {
    const told = '{"a":NaN,"b":[-Infinity, Infinity],"c":{"d":-Infinity}}';
    expect(JSON.parse(withoutConstants(told))).toEqual({
      a: 'NaN',
      b: ['-Infinity', 'Infinity'],
      c: { d: '-Infinity' },
    });
    expect(withoutConstants('NaN')).toBe('"NaN"');
  });

  test('and nothing else changes, whatever is in strings and keys', () => {
    const text = fc.string({ unit: fc.constantFrom('NaN', '-Infinity', '"', '\\', ',', ' ', 'x') });
    const value = fc.jsonValue({ stringUnit: anyCharacter });
    fc.assert(
      fc.property(fc.dictionary(text, fc.oneof(text, value)), (plain) => {
        const json = JSON.stringify(plain);
        expect(withoutConstants(json)).toBe(json);
        const beside = withoutConstants(`[${json},NaN,${json}]`);
        expect(beside).toBe(`[${json},"NaN",${json}]`);
      }),
    );
  });

  test('and what is broken stays so', () => {
    for (const broken of ['{"a":NaNs}', '[NaN', '{"a":"NaN']) {
      expect(() => JSON.parse(withoutConstants(broken))).toThrow(SyntaxError);
    }
  });
});

test.each([
  ['a string of millions of escapes', `["${'\\"'.repeat(5_000_000)}",NaN]`],
  ['a string without an end', `[NaN,"${'\\"x'.repeat(300_000)}`],
])('%s is passed once', (_, told) => {
  expect(withoutConstants(told).replace('"NaN"', 'NaN') === told).toBe(true);
});
