import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { treePath } from '../../src/contract/tree-path.js';
import { partBytesOf, partsOf } from '../../src/store/artifacts/writing/files/parts.js';
import { ARTIFACT_FEATURES } from '../../src/testing/index.js';
import { fileSource } from '../helpers/file-source.js';
import { Bench, counted, FLOWERS, PROJECT } from './helpers/artifacts.js';
import { failureOf } from './helpers/asked.js';

const BYTES = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => (index * 31) % 251));
const PARTS = { multipartBytes: 500_000, partBytes: 300_000 };

const textOf = (body: unknown): string =>
  body instanceof Uint8Array ? Buffer.from(body).toString() : String(body);

describe('with small parts', () => {
  let bench: Bench;
  let directory: string;
  let file: string;
  const start = async (features: readonly string[] = ARTIFACT_FEATURES) => {
    bench = await Bench.start({ features }, {}, PARTS);
  };
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'wandb-fs-multipart-'));
    file = join(directory, 'big');
    await writeFile(file, BYTES);
  });
  afterEach(async () => {
    await rm(directory, { recursive: true, force: true });
    await bench[Symbol.asyncDispose]();
  });

  const commit = (digestAlgorithm: 'MD5' | 'XXH128' = 'MD5') =>
    bench.writing.commit(
      {
        collection: treePath(FLOWERS),
        files: [
          { name: 'big', kind: 'content', source: fileSource(file, BYTES.byteLength) },
          { name: 'small', kind: 'content', source: { kind: 'bytes', bytes: Buffer.from('x') } },
        ],
      },
      { digestAlgorithm },
    );
  const stored = async () => {
    const files = await bench.wandb.artifactFiles(`${PROJECT}/flowers`);
    return Buffer.from(files.big ?? []);
  };

  test('a large file is sent in parts that make up the whole', async () => {
    await start();
    const requests = await bench.requestsOf(() => commit());
    expect(counted(requests)).toMatchObject({
      CreateArtifactFiles: 1,
      CompleteMultipartUploadArtifact: 1,
      'PUT content': 5,
    });
    const [complete] = requests.filter(({ operation }) => operation === 'CompleteMultipartUploadArtifact');
    const md5 = (from: number, to: number) =>
      `"${createHash('md5').update(BYTES.subarray(from, to)).digest('hex')}"`;
    expect(complete?.variables).toMatchObject({
      input: {
        completeMultipartAction: 'Complete',
        completedParts: [
          { partNumber: 1, hexMD5: md5(0, 300_000) },
          { partNumber: 2, hexMD5: md5(300_000, 600_000) },
          { partNumber: 3, hexMD5: md5(600_000, 900_000) },
          { partNumber: 4, hexMD5: md5(900_000, 1_000_000) },
        ],
      },
    });
    expect((await stored()).equals(BYTES)).toBe(true);
  });

  test('so are bytes in memory', async () => {
    await start();
    await bench.commit({ big: BYTES });
    expect((await stored()).equals(BYTES)).toBe(true);
  });

  test('and by XXH128', async () => {
    await start([...ARTIFACT_FEATURES, 'ARTIFACT_DIGEST_ALGORITHM']);
    await commit('XXH128');
    expect((await stored()).equals(BYTES)).toBe(true);
  });

  test('what the server has is not sent again', async () => {
    await start();
    await commit();
    const requests = await bench.requestsOf(() => bench.commit({ again: BYTES }));
    expect(counted(requests)).not.toHaveProperty('PUT content');
  });

  test('a part that fails for a moment is sent again', async () => {
    await start();
    await bench.wandb.faults([{ match: { side: 'storage', method: 'PUT' }, status: 503, times: 2 }]);
    await commit();
    expect((await stored()).equals(BYTES)).toBe(true);
  });

  test('parts whose addresses have expired get new ones', async () => {
    await start();
    await bench.wandb.faults([{ match: { side: 'storage', method: 'PUT' }, isExpired: true, skip: 2 }]);
    const requests = await bench.requestsOf(() => commit());
    expect(counted(requests)).toMatchObject({ CreateArtifactFiles: 2, CompleteMultipartUploadArtifact: 1 });
    expect((await stored()).equals(BYTES)).toBe(true);
  });

  test('a file whose completion is answered by nobody is not sent again', async () => {
    await start();
    await bench.wandb.faults([{ match: { operation: 'CompleteMultipartUploadArtifact' }, drop: 'after' }]);
    const requests = await bench.requestsOf(() => commit());
    expect(counted(requests)).toMatchObject({ 'PUT content': 5, CreateArtifactFiles: 2 });
    expect((await stored()).equals(BYTES)).toBe(true);
  });

  test('a file that is rewritten meanwhile is EIO, by name, and no version', async () => {
    await start();
    await bench.wandb.faults([{ match: { operation: 'CreateArtifactFiles' }, delayMs: 200 }]);
    const failure = failureOf(commit());
    for (;;) {
      if ((await bench.wandb.requests()).at(-1)?.operation === 'CreateArtifactFiles') break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await writeFile(file, Buffer.alloc(BYTES.byteLength, 'x'));
    expect(await failure).toMatchObject({
      code: 'EIO',
      detail: expect.stringMatching(/^Uploading 'big' failed: .*changed/),
    });
    expect(await bench.versions()).toEqual({});
  });

  test('a server that wants it whole gets it whole', async () => {
    await start();
    // The answer of a server whose storage has no parts.
    const { url } = bench.wandb;
    let isStripped = false;
    const fetchWhole: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (!String(input).startsWith(`${url}/graphql`) || !textOf(init?.body).includes('createArtifactFiles'))
        return response;
      const answer = (await response.json()) as {
        data: { createArtifactFiles: { files: { edges: { node: Record<string, unknown> }[] } } };
      };
      for (const { node } of answer.data.createArtifactFiles.files.edges) node.uploadMultipartUrls = null;
      isStripped = true;
      return new Response(JSON.stringify(answer), {
        status: 200,
        headers: { 'content-type': 'application/json' },
      });
    };
    const other = bench.another({}, { fetch: fetchWhole });
    const requests = await bench.requestsOf(() => other.commit({ big: BYTES }));
    await other[Symbol.asyncDispose]();
    expect(isStripped).toBe(true);
    expect(counted(requests)).toMatchObject({ 'PUT content': 1 });
    expect((await stored()).equals(BYTES)).toBe(true);
  });
});

describe('the size of parts', () => {
  const MIB = 2 ** 20;
  const SDK = { multipartBytes: 2048 * MIB, partBytes: 100 * MIB };

  test.each([
    [0, null],
    [2048 * MIB - 1, null],
    [2048 * MIB, 100 * MIB],
    [100 * MIB * 10_000, 100 * MIB],
    [100 * MIB * 10_000 + 1, 104_861_696],
    [5 * 2 ** 40, 549_756_928],
  ])('of %i bytes is %p', (size, expected) => {
    expect(partBytesOf(size, SDK)).toBe(expected);
  });

  test('is at most what 10,000 parts need', () => {
    const size = 5 * 2 ** 40;
    expect(partsOf(size, partBytesOf(size, SDK) ?? 0).length).toBeLessThanOrEqual(10_000);
  });

  test('is refused above what storages take', () => {
    expect(() => partBytesOf(5 * 2 ** 40 + 1, SDK)).toThrow(expect.objectContaining({ code: 'EFBIG' }));
  });
});
