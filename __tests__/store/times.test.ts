import { canonicalMd5, timeOf } from '../../src/store/common/rows.js';

test.each([
  ['2025-01-31T23:59:58', Date.UTC(2025, 0, 31, 23, 59, 58)],
  ['2025-01-08T03:04:05Z', Date.UTC(2025, 0, 8, 3, 4, 5)],
  ['2025-12-28T00:00:00.1234567', Date.UTC(2025, 11, 28, 0, 0, 0, 123)],
  ['2024-02-29T12:00:00', Date.UTC(2024, 1, 29, 12)],
  ['2025-01-01T00:00:00.5Z', Date.UTC(2025, 0, 1, 0, 0, 0, 500)],
  ['2025-01-01T02:00:00+02:00', Date.UTC(2025, 0, 1)],
  ['2025-01-01T24:00:00', Date.UTC(2025, 0, 2)],
  ['0001-01-01T00:00:00', Date.parse('0001-01-01T00:00:00Z')],
  ['2025-13-01T00:00:00', 0],
  ['2025-01-01T25:00:00Z', 0],
  ['2025-01-32T00:00:00', 0],
  ['2025-01-00T00:00:00', 0],
  ['yesterday', 0],
])('%s is a time in UTC', (text, expected) => {
  expect(timeOf(text)).toBe(expected);
});

test('an MD5 is spelt in one way, whatever bits its last sign has to spare', () => {
  expect(canonicalMd5('1B2M2Y8AsgTpgAmY7PhCfg==')).toBe('1B2M2Y8AsgTpgAmY7PhCfg==');
  expect(canonicalMd5('1B2M2Y8AsgTpgAmY7PhCfh==')).toBe('1B2M2Y8AsgTpgAmY7PhCfg==');
  expect(canonicalMd5('d41d8cd98f00b204e9800998ecf8427e')).toBe('1B2M2Y8AsgTpgAmY7PhCfg==');
});
