import type { Entry } from '../../src/contract/entry.js';
import type { Entries } from '../../src/contract/entry-page.js';
import { treePath } from '../../src/contract/tree-path.js';
import { Paging } from '../../src/io/owner/paging.js';
import { UNIT } from './helpers/owned.js';
import { threaded } from './helpers/threaded.js';

const page = (name: string): readonly Entry[] => [{ path: treePath(name) } as Entry];

test('a listing is told by its thread page by page, to a blocked caller too, and its last page is the reply', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 2500 }, (_, index) => [`${index}`, new Uint8Array()] as const),
  );
  const { remote } = await threaded({ files });
  const told: string[][] = [];
  const take = (entries: Entries): void => void told.push([...entries].map(({ path }) => path));
  let hasReply = false;
  const call = remote.call(
    'list',
    { path: treePath(UNIT) },
    (reply) => {
      hasReply = true;
      if (reply.ok) take(reply.value.entries);
    },
    (entries) => {
      expect(hasReply).toBe(false);
      take(entries);
    },
  );
  remote.wait(call);
  expect(told.map(({ length }) => length)).toEqual([1000, 1000, 500]);
  expect(new Set(told.flat()).size).toBe(2500);
});

test('no more pages are told than are taken, but for two', async () => {
  const told: Entries[] = [];
  const paging = new Paging((entries) => told.push(entries));
  await paging.tell(page('a'));
  let isFree = false;
  const second = paging.tell(page('b')).then(() => {
    isFree = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect([told.length, isFree]).toEqual([2, false]);
  paging.taken();
  await second;
  await Promise.all([paging.tell(page('c')), paging.taken()]);
  expect(told).toHaveLength(3);
});
