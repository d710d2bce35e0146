import { bytesOf } from '../../src/wire/transport/transport.js';

const CONTENT = Buffer.alloc(1000, 'abcdefghijklm');
const MIB = 1024 * 1024;

async function* inParts(sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const size of sizes) {
    yield CONTENT.subarray(at, at + size);
    at += size;
  }
}

const ANNOUNCED = [
  ['nothing', null],
  ['the truth', 400],
  ['too little', 150],
  ['too much', 600],
  ['more than is believed', 64 * MIB],
  ['no number', Number.NaN],
  ['less than nothing', -1],
] as const;

describe.each(ANNOUNCED)('where %s is announced', (_, expected) => {
  test.each([
    ['in one part', [1000]],
    ['in parts', [50, 100, 250, 0, 300, 300]],
  ] as const)('what comes %s is gathered to the byte, in memory of its own', async (_parts, sizes) => {
    const { bytes, seen, isWhole } = await bytesOf(inParts(sizes), 100, 500, expected, true);
    expect(Buffer.from(bytes).equals(CONTENT.subarray(100, 500))).toBe(true);
    expect(bytes.buffer.byteLength).toBe(400);
    expect(bytes.buffer).not.toBe(CONTENT.buffer);
    expect({ seen, isWhole }).toEqual({ seen: 1000, isWhole: true });
  });
});

test('of a body that ends early there is what came', async () => {
  const { bytes, seen, isWhole } = await bytesOf(inParts([200, 100]), 100, 500, 400);
  expect(Buffer.from(bytes).equals(CONTENT.subarray(100, 300))).toBe(true);
  expect(bytes.buffer.byteLength).toBe(200);
  expect({ seen, isWhole }).toEqual({ seen: 300, isWhole: true });
});

test('what lies behind isn’t waited for', async () => {
  let isEnded = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield CONTENT;
    } finally {
      isEnded = true;
    }
  }
  const { bytes, isWhole } = await bytesOf(endless(), 0, 1500, 1500);
  expect(bytes.byteLength).toBe(1500);
  expect(isWhole).toBe(false);
  expect(isEnded).toBe(true);
});
