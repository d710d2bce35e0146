import { CONTENT, useLogging, type Version } from './artifact-logging.js';
import { downloaded, filesOf } from './sdk.js';
import { PROJECT, RUN, SERVER_NAMES, SERVERS } from './sdk-servers.js';

jest.setTimeout(300_000);

describe.each(SERVER_NAMES)('references that the official SDK logs: %s', (server) => {
  const { sdk } = useLogging(server);

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
      {
        do: 'artifactFiles',
        artifact: `${PROJECT}/refers:v0`,
        count: SERVERS[server].features === undefined,
      },
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
});
