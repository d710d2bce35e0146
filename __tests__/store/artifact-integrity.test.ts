import { ARTIFACT_FEATURES } from '../../src/testing/index.js';
import { Bench, many } from './helpers/artifacts.js';
import { failureOf } from './helpers/asked.js';

/** The storage says that it has taken something else. */
const OTHER = { headers: { etag: `"${'0'.repeat(32)}"` }, status: 200 } as const;
const PARTS = { multipartBytes: 500_000, partBytes: 300_000 };

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.start({ features: ARTIFACT_FEATURES }, { timeout: 10_000 }, PARTS);
});
afterEach(() => bench[Symbol.asyncDispose]());

const big = Buffer.alloc(1_000_000, 'wandb');

test.each([
  ['a file', { side: 'storage', method: 'PUT', path: /^(?!.*manifests)/ }, { a: '1' }, 3],
  ['a part', { side: 'storage', method: 'PUT', path: /^(?!.*manifests)/ }, { big }, 6],
  ['the manifest', { side: 'storage', path: /\/manifests\// }, { a: '1' }, 3],
] as const)('%s that the storage took as something else is sent again', async (_, match, files, puts) => {
  await bench.wandb.faults([{ match, ...OTHER }]);
  const requests = await bench.requestsOf(() => bench.commit(files));
  expect(requests.filter(({ method }) => method === 'PUT')).toHaveLength(puts);
  expect(await bench.wandb.faults()).toEqual([]);
  expect(Object.keys(await bench.files())).toEqual(Object.keys(files));
});

test.each([
  ['a file', /^(?!.*manifests)/, /^Uploading 'd\d\/f\d' failed: .*took other bytes than were sent/],
  ['the manifest', /\/manifests\//, /^Uploading the manifest failed: .*took other bytes than were sent/],
] as const)('%s that the storage never takes as it is leaves no version', async (_, path, detail) => {
  await bench.wandb.faults([{ match: { side: 'storage', method: 'PUT', path }, ...OTHER, times: Infinity }]);
  const failure = await failureOf(bench.commit(many(2)));
  expect(failure).toMatchObject({ code: 'EIO', detail: expect.stringMatching(detail) });
  await bench.wandb.faults([]);
  expect(await bench.versions()).toEqual({});
});
