import { constants } from 'node:fs';
import { treePath } from '../../../src/contract/tree-path.js';
import { type Mount, mount, turn } from '../helpers/mount.js';

const FILE = 'e/p/r/f';
const TIMES = 300;

/** How often content was handed to the owner of the remote. */
function countingSubmits({ remote }: Mount): () => number {
  const calls = jest.spyOn(remote, 'call');
  return () => calls.mock.calls.filter(([method]) => method === 'submit').length;
}

function rewrite({ writeFile }: Mount): void {
  for (let time = 1; time <= TIMES; time++) writeFile(FILE, `text ${time}`);
}

function append({ kernel, sync }: Mount, text: string): void {
  const fd = sync((op) =>
    kernel.open(op, treePath(FILE), constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, 0o666),
  );
  sync((op) => kernel.write(op, fd, Buffer.from(text), null));
  sync((op) => kernel.close(op, fd));
}

test('what is rewritten in a loop is handed over as it was first, and as it is in the end', async () => {
  const mounted = mount();
  const submits = countingSubmits(mounted);
  rewrite(mounted);
  expect(submits()).toBe(1);
  await turn();
  expect(submits()).toBe(2);
  mounted.remote.settle();
  expect(mounted.server.text(FILE)).toBe(`text ${TIMES}`);
});

test('what is appended to in a loop, too, and none of it is copied', async () => {
  const mounted = mount();
  const submits = countingSubmits(mounted);
  for (let time = 1; time <= TIMES; time++) append(mounted, `${time}\n`);
  await turn();
  expect(submits()).toBe(2);
  const text = Array.from({ length: TIMES }, (_, index) => `${index + 1}\n`).join('');
  // One file in memory, whose former content the queue still has.
  expect(mounted.kernel.counters()).toMatchObject({ overlayBytes: text.length });
  mounted.remote.settle();
  expect(mounted.server.text(FILE)).toBe(text);
});

test('a flush in the same turn sends the newest content', () => {
  const mounted = mount();
  rewrite(mounted);
  mounted.sync((op) => mounted.kernel.flush(op));
  expect(mounted.server.text(FILE)).toBe(`text ${TIMES}`);
});

test('what ends the process in the same turn hands over the newest content', () => {
  const mounted = mount();
  rewrite(mounted);
  mounted.remote.ending.submit();
  mounted.remote.settle();
  expect(mounted.server.text(FILE)).toBe(`text ${TIMES}`);
});

test('a rename in the same turn takes the newest content along', async () => {
  const mounted = mount();
  const { kernel, sync, remote, server, names } = mounted;
  rewrite(mounted);
  sync((op) => kernel.rename(op, treePath(FILE), treePath('e/p/r/g')));
  await turn();
  remote.settle();
  expect(server.text('e/p/r/g')).toBe(`text ${TIMES}`);
  expect(names('e/p/r')).toEqual(['g']);
});

test('an unlink in the same turn leaves nothing to send', async () => {
  const mounted = mount();
  const { kernel, sync, remote, server, names } = mounted;
  rewrite(mounted);
  sync((op) => kernel.unlink(op, treePath(FILE)));
  await turn();
  remote.settle();
  expect(names('e/p/r')).toEqual([]);
  expect(server.text(FILE)).toBeUndefined();
  expect(kernel.counters()).toMatchObject({ dirty: 0, overlayBytes: 0 });
});

test('files are handed over in the order in which they were closed last', async () => {
  const mounted = mount();
  const { remote, writeFile } = mounted;
  writeFile(FILE, 'data');
  const calls = jest.spyOn(remote, 'call');
  writeFile(FILE, 'newer data');
  writeFile('e/p/r/done', '');
  await turn();
  const paths = calls.mock.calls.flatMap(([method, args]) =>
    method === 'submit' && 'path' in args ? [args.path] : [],
  );
  expect(paths).toEqual([FILE, 'e/p/r/done']);
});
