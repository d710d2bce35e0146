import { startFakeWandb } from '../../src/testing/index.js';
import { artifactDigest, declare, declareFiles, digestsOf, log, md5 } from './artifact-client.js';
import { authorization } from './client.js';
import { member, versions } from './helpers/artifact-names.js';
import { useSeeded } from './helpers/seeded.js';

const files = { 'a.txt': 'hello' };

describe('limits', () => {
  test('hold for batches of artifact files; a batch that is allowed comes back whole', async () => {
    await using wandb = await startFakeWandb({ limits: { page: 2, artifactFiles: 5 } });
    await wandb.seed({ 'lab/project': {} });
    const { id: artifactID } = await declare(wandb, artifactDigest({}));
    const batch = (size: number) =>
      Array.from({ length: size }, (_, i) => ({ artifactID, name: `f${i}`, md5: md5(String(i)) }));
    expect(await declareFiles(wandb, batch(5))).toHaveLength(5);
    await expect(declareFiles(wandb, batch(6))).rejects.toThrow(/Too many artifact files/);
  });

  test('cut pages of versions', async () => {
    await using wandb = await startFakeWandb({ limits: { page: 2 } });
    await wandb.seed({ 'lab/project': {} });
    for (const text of ['1', '2', '3']) await log(wandb, { a: text });
    expect(await versions(wandb)).toEqual(['v2 latest', 'v1']);
  });
});

describe('faults', () => {
  const wandb = useSeeded({ 'lab/project': {} });

  test('hit operations of the artifact store by their root field, as any other', async () => {
    const graphqlError = 'try later';
    await wandb.faults([{ match: { operation: 'commitArtifact' }, graphqlError }]);
    await expect(log(wandb, files)).rejects.toThrow('try later');
    expect(await member(wandb, 'flowers')).toBeNull();
    await log(wandb, files);
    expect(await member(wandb, 'flowers')).toMatchObject({ versionIndex: 0 });
  });

  test('can lose the answer of a commit that was done', async () => {
    await wandb.faults([{ match: { operation: 'commitArtifact' }, drop: 'after' }]);
    await expect(log(wandb, files)).rejects.toThrow('fetch failed');
    expect(await member(wandb, 'flowers')).toMatchObject({ versionIndex: 0 });
  });

  test('hit uploads at the storage and downloads at the API', async () => {
    await wandb.faults([
      { match: { side: 'storage', method: 'PUT' }, status: 503 },
      { match: { side: 'api', path: /^\/artifacts\// }, status: 500 },
    ]);
    await expect(log(wandb, files)).rejects.toThrow();
    const headers = authorization(wandb);
    expect((await fetch(`${wandb.url}/artifacts/lab/0`, { headers })).status).toBe(500);
    expect((await fetch(`${wandb.url}/artifacts/lab/0`, { headers })).status).toBe(404);
    expect(await wandb.faults()).toEqual([]);
  });
});

describe('the request log', () => {
  test('names what was asked by operation or root field', async () => {
    await using wandb = await startFakeWandb();
    await wandb.seed({ 'lab/project': {} });
    await log(wandb, files);
    const requests = await wandb.requests();
    expect(requests.filter(({ side }) => side === 'api').map(({ operation }) => operation)).toEqual([
      'createArtifact',
      'createArtifactManifest',
      'createArtifactFiles',
      'createArtifactManifest',
      'commitArtifact',
    ]);
    expect(requests[0]).toMatchObject({
      fields: ['createArtifact'],
      variables: { input: { digest: artifactDigest(digestsOf(files)) } },
    });
    expect(requests.filter(({ side }) => side === 'storage').map(({ method }) => method)).toEqual([
      'PUT',
      'PUT',
    ]);
  });
});
