import { isDeepStrictEqual } from 'node:util';

/**
 * `expect(seen).toEqual(wanted)` for tests that compare thousands of times: setting `expect` up costs more than looking. What
 * is equal strictly is equal to `toEqual`, too; all else it decides, and tells.
 */
export function expectEqual(seen: unknown, wanted: unknown): void {
  if (!isDeepStrictEqual(seen, wanted)) expect(seen).toEqual(wanted);
}
