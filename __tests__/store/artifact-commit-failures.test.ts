import type { Fault } from '../../src/testing/index.js';
import { Bench, counted, many } from './helpers/artifacts.js';
import { failureOf } from './helpers/asked.js';
import { expectUnchanged, startWithVersion } from './helpers/bench-with-a-version.js';

let bench: Bench;
beforeEach(async () => {
  bench = await startWithVersion();
});
afterEach(() => bench[Symbol.asyncDispose]());

describe('a commit that fails leaves no version, and says where', () => {
  const refused = (match: Fault['match'], about: Partial<Fault> = {}): Fault => ({
    match,
    status: 422,
    body: '{"errors":[{"message":"not today"}]}',
    times: 100,
    ...about,
  });
  test.each<[string, Fault, RegExp]>([
    ['the first look', refused({ operation: 'FindCollection' }), /^Looking the collection up failed: /],
    ['making the version', refused({ operation: 'CreateArtifact' }), /^Making the version failed: /],
    [
      'announcing the manifest',
      refused({ operation: 'CreateArtifactManifest' }),
      /^Announcing the manifest failed: /,
    ],
    [
      'announcing files',
      refused({ operation: 'CreateArtifactFiles' }),
      /^Announcing files to the server failed: /,
    ],
    [
      'a file that the storage never takes',
      refused({ side: 'storage', method: 'PUT' }, { status: 403, body: '<Code>AccessDenied</Code>' }),
      /^Uploading 'new\/\d' failed: The storage refused the transfer \(HTTP 403 AccessDenied\)\.$/,
    ],
    [
      'a file that the storage does not know the address of',
      refused({ side: 'storage', method: 'PUT' }, { status: 404, body: '<Code>NoSuchUpload</Code>' }),
      /^Uploading 'new\/\d' failed: The storage refused the transfer \(HTTP 404 NoSuchUpload\)\.$/,
    ],
    [
      'addressing the manifest',
      refused({ operation: 'CreateArtifactManifest' }, { skip: 1 }),
      /^Uploading the manifest failed: /,
    ],
    [
      'uploading the manifest',
      refused({ side: 'storage', path: /\/manifests\// }, { status: 403 }),
      /^Uploading the manifest failed: /,
    ],
    ['committing it', refused({ operation: 'CommitArtifact' }), /^Committing the version failed: /],
  ])('at %s', async (_name, fault, detail) => {
    await bench.wandb.faults([fault]);
    const failure = await failureOf(bench.commit({ 'new/1': '1x', 'new/2': '2x' }, { aliases: ['prod'] }));
    expect(failure.detail).toMatch(detail);
    expect(failure.detail).not.toMatch(/[?&](X-|sig)/i);
    await bench.wandb.faults([]);
    await expectUnchanged(bench);
  });

  test('and the next attempt makes it', async () => {
    await bench.wandb.faults([refused({ operation: 'CommitArtifact' })]);
    await failureOf(bench.commit({ a: '2' }));
    await bench.wandb.faults([]);
    expect(await bench.commit({ a: '2' })).toMatchObject({ version: 'v1', deduplicated: false });
  });
});

describe('a file is sent again', () => {
  test.each([503, 429])('to the same address after %i', async (status) => {
    await bench.wandb.faults([
      { match: { side: 'storage', method: 'PUT' }, status, headers: { 'retry-after': '0' }, times: 2 },
    ]);
    const requests = await bench.requestsOf(() => bench.commit({ a: '2' }));
    expect(counted(requests)).toMatchObject({ CreateArtifactFiles: 1, 'PUT content': 3 });
    expect(await bench.files()).toEqual({ a: '2' });
  });

  test('to a new address when its own has expired', async () => {
    await bench.wandb.faults([{ match: { side: 'storage', method: 'PUT' }, isExpired: true, times: 3 }]);
    const requests = await bench.requestsOf(() => bench.commit({ a: '2', b: '3', c: '4', d: '5' }));
    expect(counted(requests)).toMatchObject({ CreateArtifactFiles: 2, 'PUT content': 7 });
    expect(await bench.files()).toEqual({ a: '2', b: '3', c: '4', d: '5' });
  });

  test('as often as new addresses help', async () => {
    await using slow = await Bench.start({ urlTtlMs: 500 }, { concurrency: 1 });
    await slow.wandb.faults([{ match: { side: 'storage', method: 'PUT' }, delayMs: 100, times: 100 }]);
    const files = many(20);
    const requests = await slow.requestsOf(() => slow.commit(files));
    expect(counted(requests).CreateArtifactFiles).toBeGreaterThan(3);
    expect(await slow.files()).toEqual(files);
  });

  test('and so is the manifest', async () => {
    await bench.wandb.faults([{ match: { side: 'storage', path: /\/manifests\// }, isExpired: true }]);
    await bench.commit({ a: '2' });
    expect(await bench.files()).toEqual({ a: '2' });
  });
});

describe('the outcome is settled', () => {
  test('when the answer to the commit is lost', async () => {
    await bench.wandb.faults([{ match: { operation: 'CommitArtifact' }, drop: 'after' }]);
    expect(await bench.commit({ a: '2' }, { aliases: ['prod'] })).toMatchObject({ version: 'v1' });
    expect(await bench.versions()).toEqual({ v0: [], v1: ['latest', 'prod'] });
  });

  test('when it never comes', async () => {
    await bench.wandb.faults([
      { match: { operation: 'CommitArtifact' }, drop: 'after' },
      { match: { operation: 'CommitArtifact' }, graphqlError: 'internal error', times: 50 },
    ]);
    expect(await bench.commit({ a: '2' })).toMatchObject({ version: 'v1' });
  });

  test('as far as it can be, when the server is gone', async () => {
    await bench.wandb.faults([
      { match: { operation: 'CommitArtifact' }, drop: 'before', times: 1000 },
      { match: { operation: 'FindArtifact' }, drop: 'before', times: 1000 },
    ]);
    expect(await failureOf(bench.commit({ a: '2' }))).toMatchObject({
      code: 'EIO',
      detail: expect.stringMatching(/^Committing the version failed, but it may yet appear; look before/),
    });
  });

  test('when the answer to the creation is lost', async () => {
    await bench.wandb.faults([{ match: { operation: 'CreateArtifact' }, drop: 'after' }]);
    expect(await bench.commit({ a: '2' })).toMatchObject({ version: 'v1' });
    expect(await bench.versions()).toEqual({ v0: [], v1: ['latest'] });
  });
});
