import {
  artifactDigest,
  commit,
  declare,
  declareFiles,
  declareManifest,
  digestsOf,
  FILES,
  log,
  manifestOf,
  md5,
  mutate,
  put,
  stateOf,
  uploadFiles,
  uploadManifest,
} from './artifact-client.js';
import { member, versions } from './helpers/artifact-names.js';
import { useSeeded } from './helpers/seeded.js';

describe('a commit', () => {
  const wandb = useSeeded({ 'lab/project/run': {} });

  test('makes a version of what was pending, and found by its id alone', async () => {
    const artifact = await declare(wandb, artifactDigest(digestsOf(FILES)), {
      aliases: [{ alias: 'latest', artifactCollectionName: 'flowers' }],
    });
    expect(artifact).toMatchObject({ state: 'PENDING', artifactSequence: { latestArtifact: null } });
    await uploadManifest(wandb, artifact.id, await uploadFiles(wandb, artifact.id, FILES));
    expect(await versions(wandb)).toEqual([]);
    expect(await member(wandb, 'flowers:latest')).toBeNull();
    expect(await member(wandb, 'flowers:v0')).toBeNull();
    expect(await stateOf(wandb, artifact.id)).toEqual({ state: 'PENDING', versionIndex: null });
    await commit(wandb, artifact.id);
    expect(await versions(wandb)).toEqual(['v0 latest']);
    expect(await stateOf(wandb, artifact.id)).toEqual({ state: 'COMMITTED', versionIndex: 0 });
    expect(await wandb.artifactFiles('lab/project/flowers')).toEqual({
      'a.txt': expect.any(Uint8Array),
      'dir/b.txt': expect.any(Uint8Array),
    });
  });

  test('changes nothing when it is made again', async () => {
    const id = await log(wandb, FILES);
    await commit(wandb, id);
    expect(await versions(wandb)).toEqual(['v0 latest']);
  });

  test('needs the manifest, and every file that was declared', async () => {
    const digest = artifactDigest(digestsOf(FILES));
    const { id } = await declare(wandb, digest);
    await expect(commit(wandb, id)).rejects.toThrow(/no manifest/);
    await declareManifest(wandb, id, null);
    await expect(commit(wandb, id)).rejects.toThrow(/manifest of artifact .* was not uploaded/);
    const entries = await uploadFiles(wandb, id, { 'a.txt': 'hello' });
    const [late] = await declareFiles(wandb, [{ artifactID: id, name: 'dir/b.txt', md5: md5('world') }]);
    const b = { digest: md5('world'), size: 5, birthArtifactID: id };
    await uploadManifest(wandb, id, { ...entries, 'dir/b.txt': b });
    await expect(commit(wandb, id)).rejects.toThrow(/file "dir\/b.txt" of artifact .* was not uploaded/);
    expect(await versions(wandb)).toEqual([]);
    if (late) await put(late, 'world');
    await expect(commit(wandb, id)).resolves.toEqual({ artifact: { id, digest } });
  });

  test('is refused where the manifest says something else: files that were never declared, other sizes, another digest', async () => {
    const { id } = await declare(wandb, artifactDigest(digestsOf(FILES)));
    const entries = await uploadFiles(wandb, id, FILES);
    const b = { digest: md5('world'), size: 6, birthArtifactID: id };
    await uploadManifest(wandb, id, { ...entries, 'dir/b.txt': b });
    await expect(commit(wandb, id)).rejects.toThrow(/says 6 bytes for "dir\/b.txt", which has 5/);
    await uploadManifest(wandb, id, { 'a.txt': { digest: md5('hello'), size: 5 } });
    await expect(commit(wandb, id)).rejects.toThrow(/declared with the digest/);
    const stranger = await declare(wandb, artifactDigest({ x: md5('x') }));
    await uploadManifest(wandb, stranger.id, { x: { digest: md5('x'), size: 1 } });
    await expect(commit(wandb, stranger.id)).rejects.toThrow(/was not uploaded/);
    const broken = await declare(wandb, artifactDigest({}));
    const bytes = Buffer.from('no JSON');
    await put((await declareManifest(wandb, broken.id, bytes)).file, bytes);
    await expect(commit(wandb, broken.id)).rejects.toThrow(/invalid artifact manifest/);
  });
});

describe('a manifest', () => {
  const wandb = useSeeded({ 'lab/project': {} });

  const namesIn = async (name = 'flowers') =>
    Object.keys(await wandb.artifactFiles(`lab/project/${name}`)).sort();

  test('that is incremental is laid over the version it builds on', async () => {
    const base = await log(wandb, { 'a.txt': 'old', 'b.txt': 'kept' });
    const { id } = await declare(wandb, artifactDigest({ 'a.txt': md5('new') }), {
      aliases: [{ alias: 'latest', artifactCollectionName: 'flowers' }],
    });
    const bytes = manifestOf(await uploadFiles(wandb, id, { 'a.txt': 'new' }));
    const about = { type: 'INCREMENTAL', name: 'wandb_manifest.incremental.json', baseArtifactID: base };
    await put((await declareManifest(wandb, id, bytes, about)).file, bytes);
    const { artifact } = await commit(wandb, id);
    expect(artifact.digest).toBe(artifactDigest(digestsOf({ 'a.txt': 'new', 'b.txt': 'kept' })));
    expect(await namesIn()).toEqual(['a.txt', 'b.txt']);
    expect(Buffer.from((await wandb.artifactFiles('lab/project/flowers'))['a.txt'] ?? '').toString()).toBe(
      'new',
    );
  });

  test('that is a patch is one part of a version that several make', async () => {
    const shared = { distributedID: 'group' };
    const first = await declare(wandb, artifactDigest({ 'a.txt': md5('1') }), shared);
    const second = await declare(wandb, artifactDigest({ 'b.txt': md5('2') }), shared);
    expect(second.id).toBe(first.id);
    for (const files of [{ 'a.txt': '1' }, { 'b.txt': '2' }]) {
      const about = { type: 'PATCH', name: 'wandb_manifest.patch.json' };
      const { id: artifactManifestID } = await declareManifest(wandb, first.id, null, about);
      const bytes = manifestOf(await uploadFiles(wandb, first.id, files));
      const { artifactManifest } = await mutate<{ artifactManifest: { file: Parameters<typeof put>[0] } }>(
        wandb,
        'updateArtifactManifest',
        { artifactManifestID, digest: md5(bytes) },
        'artifactManifest { id file { uploadUrl uploadHeaders } }',
      );
      await put(artifactManifest.file, bytes);
    }
    await commit(wandb, first.id);
    expect(await namesIn('flowers:v0')).toEqual(['a.txt', 'b.txt']);
    expect((await declare(wandb, 'x', shared)).id).not.toBe(first.id);
  });
});
