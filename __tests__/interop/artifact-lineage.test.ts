import { CONTENT, useLogging } from './artifact-logging.js';
import { downloaded, filesOf } from './sdk.js';
import { PROJECT, RUN, SERVER_NAMES } from './sdk-servers.js';

jest.setTimeout(300_000);

describe.each(SERVER_NAMES)('runs of the official SDK share versions: %s', (server) => {
  const logging = useLogging(server);
  const { sdk } = logging;

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
});
