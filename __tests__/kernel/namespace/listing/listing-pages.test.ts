import { treePath } from '../../../../src/contract/tree-path.js';
import { codeOf, type Mount, mount, turn } from '../../helpers/mount.js';

const UNIT = 'e/p/r';

/** A run that is listed anew, in pages of two names; its first one has come, and the next ones are on their way. */
async function halfListed(names: readonly string[]): Promise<Mount & { readonly listed: Promise<unknown> }> {
  const mounted = mount({ listingTtl: 1000 });
  const { server, remote, kernel, clock } = mounted;
  for (const name of names) server.write(`${UNIT}/${name}`, 'text');
  server.pageSize = 1;
  server.toldSize = 2;
  expect(mounted.names(UNIT)).toEqual(names);
  clock.now += 1000;
  mounted.sync((op) => kernel.stat(op, treePath(UNIT)));
  const listed = mounted.async((op) => kernel.readdir(op, treePath(UNIT)));
  await turn();
  for (const step of [`list ${UNIT}`, 'answer list', 'page of list']) remote.run(step);
  // What is asked for from here on overtakes the next page, and uploads wait.
  remote.choose = () =>
    Math.max(
      0,
      remote.steps().findLastIndex(({ name }) => /^(lookup|move|delete|reply)|^answer lookup/.test(name)),
    );
  remote.log.length = 0;
  return { ...mounted, listed };
}

const ABC = ['a', 'b', 'c', 'd', 'e', 'f'];
const namesOf = async (listed: Promise<unknown>): Promise<string[]> =>
  ((await listed) as readonly { name: string }[]).map(({ name }) => name);

test('what has come of a listing is known before its rest, and nothing is denied by it', async () => {
  const { kernel, remote, sync, listed } = await halfListed(ABC);
  sync((op) => kernel.stat(op, treePath(`${UNIT}/b`)));
  expect(remote.log).toEqual([]);
  expect(sync((op) => kernel.stat(op, treePath(`${UNIT}/f`))).kind).toBe('file');
  expect(remote.log).not.toEqual([]);
  remote.settle();
  expect(await namesOf(listed)).toEqual(ABC);
});

test('what was removed here since its page came stays removed, what was written stays', async () => {
  const { kernel, remote, server, sync, listed, writeFile, names } = await halfListed(ABC);
  sync((op) => kernel.unlink(op, treePath(`${UNIT}/b`)));
  writeFile(`${UNIT}/new`, 'mine');
  remote.settle();
  expect(await namesOf(listed)).toEqual(['a', 'c', 'd', 'e', 'f', 'new']);
  sync((op) => kernel.flush(op));
  expect(server.text(`${UNIT}/new`)).toBe('mine');
  expect(names(UNIT)).toEqual(['a', 'c', 'd', 'e', 'f', 'new']);
});

test('a new file that was renamed over one of an earlier page is still known to be there at the server', async () => {
  const { kernel, remote, sync, listed, writeFile } = await halfListed(ABC);
  writeFile(`${UNIT}/new`, 'mine');
  sync((op) => kernel.rename(op, treePath(`${UNIT}/new`), treePath(`${UNIT}/b`)));
  for (const step of ['answer list', 'page of list', 'answer list', 'reply list']) remote.run(step);
  await listed;
  const call = jest.spyOn(remote, 'call');
  sync((op) => kernel.unlink(op, treePath(`${UNIT}/b`)));
  // Without that its upload would be dropped from the queue, and nothing removed.
  const removal = call.mock.calls.find(([method]) => method === 'remove');
  expect(removal?.[1]).toMatchObject({ files: [{ entry: { path: `${UNIT}/b` } }] });
});

test('what somebody else has removed is gone when the last page has come', async () => {
  const mounted = mount({ listingTtl: 1000 });
  const { server, clock, names, kernel, sync } = mounted;
  for (const name of [...ABC, 'below/g', 'below/h']) server.write(`${UNIT}/${name}`, 'text');
  server.pageSize = 1;
  server.toldSize = 2;
  expect(names(UNIT)).toEqual(['a', 'b', 'below', 'c', 'd', 'e', 'f']);
  for (const name of ['b', 'below/g', 'below/h', 'f']) server.delete(`${UNIT}/${name}`);
  clock.now += 1000;
  expect(names(UNIT)).toEqual(['a', 'c', 'd', 'e']);
  expect(codeOf(() => sync((op) => kernel.stat(op, treePath(`${UNIT}/below/g`))))).toBe('ENOENT');
});
