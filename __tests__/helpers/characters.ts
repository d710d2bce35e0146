import fc from 'fast-check';

/** Any code point but half a pair. fast-check's unit `binary` is as many, and makes a table of them first: a second in each file. */
export const anyCharacter: fc.Arbitrary<string> = fc
  .oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));
