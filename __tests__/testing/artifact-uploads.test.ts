import { createHash } from 'node:crypto';
import { type FakeWandb, startFakeWandb } from '../../src/testing/index.js';
import {
  artifactDigest,
  commit,
  declare,
  declareFiles,
  declareManifest,
  headersOf,
  manifestOf,
  md5,
  mutate,
  put,
  type Upload,
  uploadManifest,
} from './artifact-client.js';
import { useSeeded } from './helpers/seeded.js';

const codeOf = async (response: Response): Promise<string | undefined> =>
  /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1];

describe.each(['gcs', 's3'] as const)('uploads of artifact files to %s', (storage) => {
  let wandb: FakeWandb;
  let id: string;
  let upload: Upload;
  beforeEach(async () => {
    wandb = await startFakeWandb({ storage });
    await wandb.seed({ 'lab/project': {} });
    ({ id } = await declare(wandb, artifactDigest({ 'a #1.txt': md5('hello') })));
    const [first] = await declareFiles(wandb, [{ artifactID: id, name: 'a #1.txt', md5: md5('hello') }]);
    if (!first) throw new Error('nothing was declared');
    upload = first;
  });
  afterEach(() => wandb.close());

  test('go to an address that is signed for the content and its type', async () => {
    expect(upload.uploadHeaders).toEqual(['Content-MD5:XUFAKrxLKna5cZ2REBfFkg==', 'Content-Type:text/plain']);
    const response = await put(upload, 'hello');
    expect(response.status).toBe(200);
    expect(response.headers.get('etag')).toBe('"5d41402abc4b2a76b9719d911017c592"');
  });

  test('are refused with other bytes, without the headers, or with more than those', async () => {
    expect(await codeOf(await put(upload, 'HELLO'))).toBe('BadDigest');
    const send = (headers: Record<string, string>, url = upload.uploadUrl ?? '') =>
      fetch(url, { method: 'PUT', headers, body: Buffer.from('hello') });
    expect(await codeOf(await send({}))).toBe('SignatureDoesNotMatch');
    const headers = headersOf(upload.uploadHeaders);
    expect(await codeOf(await send({ ...headers, 'Content-Type': 'text/html' }))).toBe(
      'SignatureDoesNotMatch',
    );
    expect((await send({ ...headers, authorization: 'Basic x' })).status).toBe(403);
    const unsigned = (upload.uploadUrl ?? '').split('?')[0];
    expect(await codeOf(await send(headers, unsigned))).toBe('AccessDenied');
    await expect(commit(wandb, id)).rejects.toThrow(/was not uploaded/);
  });

  test('of a manifest are signed for its digest, once that is known', async () => {
    const before = await declareManifest(wandb, id, null);
    const bytes = manifestOf({ 'a #1.txt': { digest: md5('hello'), size: 5 } });
    const after = await declareManifest(wandb, id, bytes);
    expect(after.id).toBe(before.id);
    expect(after.file.uploadHeaders).toEqual(['Content-Type:application/json', `Content-MD5:${md5(bytes)}`]);
    expect(await codeOf(await put(after.file, 'other'))).toBe('BadDigest');
    expect((await put(after.file, bytes)).status).toBe(200);
    await put(upload, 'hello');
    await commit(wandb, id);
    await expect(declareManifest(wandb, id, bytes)).rejects.toThrow(/is committed/);
    await expect(declareFiles(wandb, [{ artifactID: id, name: 'b', md5: md5('b') }])).rejects.toThrow(
      /is committed/,
    );
  });

  test('are declared in the order of the request; bad names and digests are refused', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `f${19 - i}`);
    const uploads = await declareFiles(
      wandb,
      names.map((name) => ({ artifactID: id, name, md5: md5(name) })),
    );
    expect(uploads.map(({ storagePath }) => storagePath.split('/').at(-1))).toEqual(
      names.map((name) => createHash('md5').update(name).digest('hex')),
    );
    for (const name of ['', '/a', 'a//b', '../a', 'a/..', 'a\0b'])
      await expect(declareFiles(wandb, [{ artifactID: id, name, md5: md5('') }])).rejects.toThrow(/invalid/);
    await expect(declareFiles(wandb, [{ artifactID: id, name: 'a', md5: 'x' }])).rejects.toThrow(
      /invalid MD5/,
    );
  });
});

describe('an upload in parts', () => {
  const parts = ['first part, ', 'second part, ', 'the rest'];
  const whole = parts.join('');
  const hexMD5 = (text: string): string => createHash('md5').update(text).digest('hex');

  const wandb = useSeeded({ 'lab/project': {} });
  let artifactID: string;
  let upload: Upload;
  beforeEach(async () => {
    const artifact = await declare(wandb, artifactDigest({ 'large.bin': md5(whole) }), {
      aliases: [{ alias: 'latest', artifactCollectionName: 'flowers' }],
    });
    artifactID = artifact.id;
    const uploadPartsInput = parts.map((part, index) => ({ partNumber: index + 1, hexMD5: hexMD5(part) }));
    const [first] = await declareFiles(wandb, [
      { artifactID, name: 'large.bin', md5: md5(whole), uploadPartsInput },
    ]);
    if (!first) throw new Error('nothing was declared');
    upload = first;
  });

  const putPart = (index: number, content = parts[index] ?? '') =>
    fetch(upload.uploadMultipartUrls?.uploadUrlParts[index]?.uploadUrl ?? '', {
      method: 'PUT',
      headers: { 'content-md5': md5(content), 'content-type': 'application/octet-stream' },
      body: Buffer.from(content),
    });

  const complete = (completedParts: readonly unknown[], action = 'Complete') =>
    mutate<{ digest: string | null }>(
      wandb,
      'completeMultipartUploadArtifact',
      {
        artifactID,
        completedParts,
        completeMultipartAction: action,
        storagePath: upload.storagePath,
        uploadID: upload.uploadMultipartUrls?.uploadID,
      },
      'digest',
    );

  const putAll = async () => {
    const etags = await Promise.all(
      parts.map(async (_, index) => (await putPart(index)).headers.get('etag') ?? ''),
    );
    return etags.map((etag, index) => ({ partNumber: index + 1, hexMD5: etag }));
  };

  test('has an address for each part, and one for the whole', () => {
    expect(upload.uploadUrl).toEqual(expect.any(String));
    expect(upload.uploadMultipartUrls?.uploadUrlParts.map(({ partNumber }) => partNumber)).toEqual([1, 2, 3]);
  });

  test('is put together of the parts that the ETags name', async () => {
    const claims = await putAll();
    expect(claims[0]?.hexMD5).toBe(`"${hexMD5(parts[0] ?? '')}"`);
    await uploadManifest(wandb, artifactID, { 'large.bin': { digest: md5(whole), size: whole.length } });
    await expect(commit(wandb, artifactID)).rejects.toThrow(/was not uploaded/);
    expect(await complete(claims)).toEqual({ digest: expect.stringMatching(/^[0-9a-f]{32}-3$/) });
    await commit(wandb, artifactID);
    const { 'large.bin': bytes } = await wandb.artifactFiles('lab/project/flowers:v0');
    expect(Buffer.from(bytes ?? '').toString()).toBe(whole);
  });

  test('takes each part only as it was announced', async () => {
    expect(await codeOf(await putPart(0, 'other'))).toBe('SignatureDoesNotMatch');
    const [one, two] =
      upload.uploadMultipartUrls?.uploadUrlParts.map(({ uploadUrl }) => new URL(uploadUrl)) ?? [];
    two?.searchParams.set('partNumber', '1');
    const response = await fetch(two ?? '', {
      method: 'PUT',
      headers: { 'content-md5': md5(parts[1] ?? ''), 'content-type': 'application/octet-stream' },
      body: Buffer.from(parts[1] ?? ''),
    });
    expect(await codeOf(response)).toBe('SignatureDoesNotMatch');
    expect(one?.searchParams.get('partNumber')).toBe('1');
  });

  test('fails with ETags that are not verbatim, missing parts, or another order', async () => {
    const claims = await putAll();
    const bare = claims.map(({ partNumber }, index) => ({ partNumber, hexMD5: hexMD5(parts[index] ?? '') }));
    await expect(complete(bare)).rejects.toThrow(/InvalidPart/);
    await expect(complete([...claims, { partNumber: 4, hexMD5: '"x"' }])).rejects.toThrow(/InvalidPart/);
    await expect(complete([...claims].reverse())).rejects.toThrow(/InvalidPartOrder/);
    await expect(complete([])).rejects.toThrow(/no parts/);
  });

  test('is over when it is aborted', async () => {
    await putPart(0);
    expect(await complete([], 'Abort')).toEqual({ digest: null });
    expect(await codeOf(await putPart(0))).toBe('NoSuchUpload');
    await expect(complete([])).rejects.toThrow(/not found/);
  });
});
