import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { treePath } from '../../src/contract/tree-path.js';
import type { Fault } from '../../src/testing/index.js';
import { fileSource } from '../helpers/file-source.js';
import { Bench, counted, FLOWERS, failureOf, many } from './helpers/artifacts.js';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.start({}, { timeout: 3000 });
  await bench.commit({ before: '1' });
});
afterEach(() => bench[Symbol.asyncDispose]());

const unchanged = async (): Promise<void> => {
  expect(await bench.versions()).toEqual({ v0: ['latest'] });
  expect(await bench.files()).toEqual({ before: '1' });
};

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
    await unchanged();
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

describe('an abort', () => {
  test('while files are sent ends the commit with ECANCELED, and no request is left over', async () => {
    await bench.wandb.faults([{ match: { side: 'storage', method: 'PUT' }, delayMs: 200, times: 1000 }]);
    const controller = new AbortController();
    const commit = bench.commit(many(300), { signal: controller.signal });
    setTimeout(() => controller.abort(), 300);
    expect((await failureOf(commit)).code).toBe('ECANCELED');
    await bench.wandb.requests({ clear: true });
    await new Promise((resolve) => setTimeout(resolve, 300));
    // Of one that was cut the server may hear late; one that is left over is answered.
    expect((await bench.wandb.requests()).filter(({ status }) => status !== 0)).toEqual([]);
    await bench.wandb.faults([]);
    await unchanged();
  });

  test('does not wait for what other commits are sending', async () => {
    await bench[Symbol.asyncDispose]();
    bench = await Bench.start({}, { concurrency: 1 });
    await bench.wandb.faults([{ match: { side: 'storage', method: 'PUT' }, delayMs: 3000 }]);
    let isFirstDone = false;
    const first = bench.commit({ slow: '1' }).finally(() => {
      isFirstDone = true;
    });
    while ((await bench.wandb.requests()).at(-1)?.side !== 'storage')
      await new Promise((resolve) => setTimeout(resolve, 5));
    const controller = new AbortController();
    const second = bench.commit({ other: '1' }, { signal: controller.signal }, `${FLOWERS}-too`);
    while ((await bench.wandb.requests()).at(-1)?.operation !== 'CreateArtifactFiles')
      await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort();
    expect((await failureOf(second)).code).toBe('ECANCELED');
    expect(isFirstDone).toBe(false);
    expect(await first).toMatchObject({ version: 'v0' });
  });

  test('before it begins makes no request', async () => {
    const requests = await bench.requestsOf(() =>
      failureOf(bench.commit({ a: '2' }, { signal: AbortSignal.abort() })),
    );
    expect(requests).toEqual([]);
  });

  test('in the moment of the commit comes too late: the version is told of', async () => {
    await bench.wandb.faults([{ match: { operation: 'CommitArtifact' }, delayAnswerMs: 300 }]);
    const controller = new AbortController();
    const commit = bench.commit({ a: '2' }, { signal: controller.signal });
    for (;;) {
      const requests = await bench.wandb.requests();
      if (requests.at(-1)?.operation === 'CommitArtifact' && requests.at(-1)?.status === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    controller.abort();
    expect(await commit).toMatchObject({ version: 'v1' });
  });

  test('while it waits for another commit leaves that one alone', async () => {
    const controller = new AbortController();
    const first = bench.commit(many(50));
    const second = bench.commit({ b: '2' }, { signal: controller.signal });
    const third = bench.commit({ c: '3' });
    controller.abort();
    expect((await failureOf(second)).code).toBe('ECANCELED');
    expect(await Promise.all([first, third])).toMatchObject([{ version: 'v1' }, { version: 'v2' }]);
  });
});

describe('a source file', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'wandb-fs-changing-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const commitFile = (file: string, size: number) =>
    bench.writing.commit(
      {
        collection: treePath(FLOWERS),
        files: [{ name: 'data', kind: 'content', source: fileSource(file, size) }],
      },
      {},
    );

  test.each([
    ['is rewritten', 'other'],
    ['shrinks', 'o'],
    ['grows', 'original and more'],
  ])('that %s while the version is made is EIO, by name', async (_how, content) => {
    const file = join(directory, 'data');
    await writeFile(file, 'first');
    await bench.wandb.faults([{ match: { operation: 'CreateArtifactFiles' }, delayMs: 200 }]);
    const commit = failureOf(commitFile(file, 5));
    for (;;) {
      if ((await bench.wandb.requests()).at(-1)?.operation === 'CreateArtifactFiles') break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await writeFile(file, content);
    const failure = await commit;
    expect(failure).toMatchObject({
      code: 'EIO',
      detail: expect.stringMatching(/^Uploading 'data' failed: /),
    });
    await unchanged();
  });

  test('that can not be read is EIO, by name, before anything is made', async () => {
    const requests = await bench.requestsOf(async () => {
      const source = { kind: 'file', fd: 2 ** 30, size: 5 } as const;
      const files = [{ name: 'data', kind: 'content', source }] as const;
      const failure = await failureOf(bench.writing.commit({ collection: treePath(FLOWERS), files }, {}));
      expect(failure).toMatchObject({
        code: 'EIO',
        detail: expect.stringMatching(/^Reading 'data' failed: /),
      });
    });
    // The collection is looked for while the draft is read.
    expect({ FindCollection: 1, ...counted(requests) }).toEqual({ FindCollection: 1 });
  });
});

describe('a deletion while a version is made', () => {
  beforeEach(async () => {
    await bench.wandb.requests({ clear: true });
    await bench.wandb.faults([{ match: { side: 'storage', method: 'PUT' }, delayMs: 300 }]);
  });

  /** Deletes, once a file is on its way. */
  const deleteMeanwhile = async (mutation: string): Promise<void> => {
    while ((await bench.wandb.requests()).at(-1)?.side !== 'storage')
      await new Promise((resolve) => setTimeout(resolve, 5));
    const { project } = await bench.query<{
      project: { artifact: { id: string; artifactSequence: { id: string } } };
    }>(
      `query Ids { project(name: "project", entityName: "lab") {
        artifact(name: "flowers:v0") { id artifactSequence { id } } } }`,
    );
    const { id, artifactSequence } = project.artifact;
    await bench.query(mutation, mutation.includes('Sequence') ? { id: artifactSequence.id } : { id });
  };

  test('of the latest one leaves it whole', async () => {
    const commit = bench.commit({ a: '2' });
    await deleteMeanwhile(
      'mutation Del($id: ID!) { deleteArtifact(input: { artifactID: $id, deleteAliases: true }) { clientMutationId } }',
    );
    expect(await commit).toMatchObject({ version: 'v1' });
    expect(await bench.files()).toEqual({ a: '2' });
  });

  test('of the collection ends it with ESTALE', async () => {
    const failure = failureOf(bench.commit({ a: '2' }));
    await deleteMeanwhile(
      'mutation Del($id: ID!) { deleteArtifactSequence(input: { artifactSequenceID: $id }) { clientMutationId } }',
    );
    expect(await failure).toMatchObject({ code: 'ESTALE', detail: expect.stringContaining('commit again') });
    expect(await bench.versions()).toEqual({});
  });
});
