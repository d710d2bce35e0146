import nodeFs from 'node:fs';
import { join } from 'node:path';
import { callBack, callPromise, callSync, makeTwins, type Side, type Twins } from './support/twins.js';

let twins: Twins;
beforeEach(() => {
  twins = makeTwins();
});
afterEach(() => twins.remove());

test('statfs, statfsSync and promises.statfs tell a figure that no tool takes for full, in numbers and in bigints', async () => {
  const { fs, base } = twins.ours;
  const stats = fs.statfsSync(base);
  expect({ ...stats }).toEqual({
    type: 0,
    bsize: 4096,
    frsize: 4096,
    blocks: 2 ** 38,
    bfree: 2 ** 38,
    bavail: 2 ** 38,
    files: 0,
    ffree: 0,
  });
  const node = nodeFs.statfsSync(base);
  expect(Object.getPrototypeOf(stats)).toBe(Object.getPrototypeOf(node));
  expect(Object.keys(stats)).toEqual(expect.arrayContaining(Object.keys(node)));
  const big = await fs.promises.statfs(join(base, 'file'), { bigint: true });
  expect(big.bavail * big.bsize).toBe(2n ** 50n);
  const called = await new Promise((resolve, reject) => {
    fs.statfs(base, { bigint: true }, (error, value) => (error ? reject(error) : resolve(value)));
  });
  expect(called).toEqual(fs.statfsSync(base, { bigint: true }));
});

test.each<readonly [string, (side: Side) => readonly unknown[]]>([
  ['a missing path', ({ base }) => [join(base, 'missing')]],
  ['a path below a file', ({ base }) => [join(base, 'file/below')]],
  ['no path', () => [undefined]],
])('statfs of %s fails as with Node', async (_title, args) => {
  expect(callSync(twins.ours, 'statfs', args)).toEqual(callSync(twins.node, 'statfs', args));
  expect(await callPromise(twins.ours, 'statfs', args)).toEqual(
    await callPromise(twins.node, 'statfs', args),
  );
  expect(await callBack(twins.ours, 'statfs', args)).toEqual(await callBack(twins.node, 'statfs', args));
});
