import { CONTENT, KINDS, PROJECT, RUN, useLogging, type Version } from './artifact-logging.js';
import { downloaded, filesOf } from './sdk.js';

jest.setTimeout(300_000);

describe.each(KINDS)('the official SDK and artifacts: %s', (_, options) => {
  const logging = useLogging(options);
  const { sdk } = logging;

  test('references lead elsewhere, also into other artifacts', async () => {
    const [, , , files] = await sdk(
      { do: 'logArtifact', run: RUN, name: 'target', files: CONTENT },
      {
        do: 'logArtifact',
        run: RUN,
        name: 'refers',
        files: filesOf({ 'own.txt': 'own' }),
        references: {
          page: { uri: 'http://127.0.0.1:9/page', checksum: false },
          bucket: { uri: 'store://bucket/prefix', checksum: false },
        },
        artifactReferences: { 'into.txt': { artifact: `${PROJECT}/target:v0`, path: 'dir/b.txt' } },
      },
      { do: 'manifest', artifact: `${PROJECT}/refers:v0` },
      { do: 'artifactFiles', artifact: `${PROJECT}/refers:v0`, count: options.features === undefined },
    );
    const rows = (files as { files: { name: string; digest: string }[] }).files;
    expect(rows.map(({ name }) => name)).toEqual(['bucket', 'into.txt', 'own.txt', 'page']);
    expect(rows[0]).toMatchObject({ digest: 'store://bucket/prefix' });
  });

  test('references into other artifacts are followed', async () => {
    const [target, , entries, contents] = await sdk(
      { do: 'logArtifact', run: RUN, name: 'target', files: CONTENT },
      {
        do: 'logArtifact',
        run: RUN,
        name: 'borrows',
        artifactReferences: { 'into.txt': { artifact: `${PROJECT}/target:v0`, path: 'dir/b.txt' } },
      },
      { do: 'manifest', artifact: `${PROJECT}/borrows:v0` },
      { do: 'downloadArtifact', artifact: `${PROJECT}/borrows:v0` },
    );
    const hex = Buffer.from((target as Version).id, 'base64').toString('hex');
    expect(entries).toMatchObject({ 'into.txt': { ref: `wandb-artifact://${hex}/dir/b.txt` } });
    expect(downloaded(contents)).toEqual(filesOf({ 'into.txt': 'world' }));
  });

  test('what is there can be logged again by another run', async () => {
    const other = `${PROJECT}/run-3`;
    await logging.wandb.seed({ [other]: {} });
    const results = await sdk(
      { do: 'logArtifact', run: RUN, name: 'once', files: CONTENT },
      { do: 'logExisting', run: other, artifact: `${PROJECT}/once:v0`, aliases: ['seen'] },
    );
    expect(results[1]).toMatchObject({ logged: ['once:v0'], aliases: expect.arrayContaining(['seen']) });
  });

  test('a run uses what another made', async () => {
    const user = `${PROJECT}/run-2`;
    const [, used] = await sdk(
      { do: 'logArtifact', run: RUN, name: 'input', files: CONTENT },
      { do: 'useArtifact', run: user, artifact: `${PROJECT}/input:v0`, useAs: 'training' },
    );
    expect(used).toMatchObject({ used: ['input:v0'], logged: [], usedBy: ['run-2'] });
  });

  test('runs make a version together, and finish it', async () => {
    const part = { do: 'distributedArtifact', name: 'shared', distributedID: 'group-1' };
    const results = await sdk(
      { ...part, run: `${PROJECT}/part-1`, files: filesOf({ 'one.txt': '1' }) },
      { ...part, run: `${PROJECT}/part-2`, files: filesOf({ 'two.txt': '2' }) },
      { ...part, run: `${PROJECT}/part-2`, files: filesOf({ 'three.txt': '3' }), finish: true },
      { do: 'artifact', artifact: `${PROJECT}/shared:latest` },
      { do: 'downloadArtifact', artifact: `${PROJECT}/shared:latest` },
      { ...part, run: `${PROJECT}/part-1`, files: filesOf({ 'four.txt': '4' }), finish: true },
      { do: 'artifact', artifact: `${PROJECT}/shared:latest` },
    );
    expect(results[3]).toMatchObject({ version: 'v0', fileCount: 3 });
    expect(downloaded(results[4])).toEqual(filesOf({ 'one.txt': '1', 'two.txt': '2', 'three.txt': '3' }));
    expect(results[6]).toMatchObject({ version: 'v1', fileCount: 1 });
  });

  test('it asks for nothing that the server has not', async () => {
    const refused = (await logging.wandb.requests()).filter(
      (request) => (request.status === 0 || request.status >= 400) && request.status !== 403,
    );
    expect(refused).toEqual([]);
  });
});
