import { ViewerDocument } from '../../src/wire/generated.js';
import { json, serve } from './helpers/http-server.js';
import { connect, fakeClock } from './helpers/wire.js';

const answer = { data: { viewer: { entity: 'team', username: 'me', teams: { edges: [] } } } };
const NOW = Date.parse('2026-01-01T00:00:00Z');

/** How long the second of two calls waits after an answer with these headers, in milliseconds. */
async function pauseAfter(headers: Readonly<Record<string, string>>): Promise<number> {
  const server = await serve((_, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader('date', new Date(NOW).toUTCString());
    json(response, answer);
  });
  // A clock that goes wrong by an hour: only the server's own counts.
  const clock = fakeClock(NOW + 3_600_000);
  const client = connect(server.url, { clock });
  await client.run(ViewerDocument, {});
  const left = clock.now();
  await client.run(ViewerDocument, {}).catch(() => undefined);
  return clock.now() - left;
}
const noneLeft = (reset: string, prefix = ''): Record<string, string> => ({
  [`${prefix}ratelimit-remaining`]: '0',
  [`${prefix}ratelimit-reset`]: reset,
});

test.each<[string, Record<string, string>, number]>([
  ['seconds', noneLeft('3'), 3000],
  ['half seconds', noneLeft('0.5'), 500],
  ['seconds since the epoch', noneLeft(String(NOW / 1000 + 7)), 7000],
  ['milliseconds since the epoch', noneLeft(String(NOW + 7000)), 7000],
  ['seconds since the epoch, with X-', noneLeft(String(NOW / 1000 + 7), 'x-'), 7000],
  ['a date', noneLeft(new Date(NOW + 7000).toUTCString()), 7000],
  ['a date as ISO 8601 has it', noneLeft(new Date(NOW + 7000).toISOString()), 7000],
  ['two headers of one name', noneLeft('3, 3'), 3000],
  ['Retry-After as a date', { 'retry-after': new Date(NOW + 7000).toUTCString() }, 0],
  ['what is over', noneLeft(String(NOW / 1000 - 7)), 0],
  ['nothing that can be understood', noneLeft('soon, in 5'), 0],
  ['a negative number', noneLeft('-5'), 0],
  ['nothing', noneLeft(''), 0],
  ['something, while requests remain', { ...noneLeft('3'), 'ratelimit-remaining': '1' }, 0],
  ['something, where nobody says how many remain', { ...noneLeft('3'), 'ratelimit-remaining': '' }, 0],
])('a reset that is %s', async (_, headers, pause) => {
  expect(await pauseAfter(headers)).toBe(pause);
});

test.each(['9'.repeat(400), '86400', String(NOW * 1000), 'Fri, 01 Jan 2999 00:00:00 GMT', '1e400'])(
  'a reset of %s holds nobody back for more than a minute',
  async (reset) => expect(await pauseAfter(noneLeft(reset))).toBeLessThanOrEqual(60_000),
);
