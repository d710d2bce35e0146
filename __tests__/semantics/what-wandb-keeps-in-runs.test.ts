import { useServer } from '../helpers/server.js';
import { declareFiles, stream } from '../testing/client.js';
import { makeRun, mount } from './helpers/mounts.js';
import { stateOf } from './helpers/run-state.js';
import { errorOf, errorsOf } from './helpers/styles.js';
import { contentOn, eventually } from './helpers/waiting.js';

const server = useServer({ viewer: { entity: 'me', teams: ['team'] } });

describe('what W&B itself keeps in runs', () => {
  const manifest = 'artifact/1234/wandb_manifest.json';

  test('a manifest, which is listed with size 0, is never taken for empty', async () => {
    const run = await makeRun(server, { [manifest]: '{"version":1}', f: 'f' });
    const fs = mount(server);
    expect(fs.statSync(`${run}/${manifest}`).size).toBe(13);
    expect(fs.readFileSync(`${run}/${manifest}`, 'utf8')).toBe('{"version":1}');
    expect(fs.statSync(`${run}/${manifest}`).size).toBe(13);
    expect(await mount(server).promises.readFile(`${run}/${manifest}`, 'utf8')).toBe('{"version":1}');
  });

  test('a manifest is read-only: EACCES', async () => {
    const run = await makeRun(server, { [manifest]: '{}', f: 'f' });
    const fs = mount(server);
    const path = `${run}/${manifest}`;
    for (const [name, ...parameters] of [
      ['writeFile', path, 'x'],
      ['appendFile', path, 'x'],
      ['truncate', path],
      ['unlink', path],
      ['rename', path, `${run}/g`],
      ['rename', `${run}/f`, path],
    ] as const) {
      for (const error of await errorsOf(fs, name, ...parameters))
        expect([name, error.code]).toEqual([name, 'EACCES']);
    }
    expect(fs.readFileSync(path, 'utf8')).toBe('{}');
    expect(Object.keys(await server.files(run)).sort()).toEqual([manifest, 'f']);
  });

  test('a name that was declared and never uploaded is not there', async () => {
    const run = await makeRun(server, { f: 'f' });
    await declareFiles(server, run, ['declared.txt', 'sub/declared.txt']);
    const fs = mount(server);
    for (const path of [`${run}/declared.txt`, `${run}/sub`, `${run}/sub/declared.txt`])
      expect(fs.existsSync(path)).toBe(false);
    expect(await fs.promises.readdir(run)).toEqual(['f']);
    // It can be made as any other.
    await fs.promises.writeFile(`${run}/declared.txt`, 'now', { flush: true });
    await eventually(
      () => contentOn(server, run, 'declared.txt'),
      (seen) => seen === 'now',
    );
  });

  test('a running run has no output.log; it is listed when the run has ended', async () => {
    await server.seed({ 'team/project/live': { 'config.yaml': 'a: 1' } }, { state: 'running' });
    const fs = mount(server, { listingTtl: 0 });
    await stream(server, 'team/project/live', {
      files: { 'output.log': { offset: 0, content: ['2026-01-01T00:00:00.000000 epoch 1'] } },
    });
    expect(await fs.promises.readdir('team/project/live')).toEqual(['config.yaml']);
    expect(await errorOf(() => fs.promises.readFile('team/project/live/output.log'))).toMatchObject({
      code: 'ENOENT',
    });
    await stream(server, 'team/project/live', { complete: true, exitcode: 0 });
    expect(await fs.promises.readFile('team/project/live/output.log', 'utf8')).toBe('epoch 1\n');
  });

  test('writing into a running run leaves it running', async () => {
    await server.seed({ 'team/project/going': {} }, { state: 'running' });
    await mount(server).promises.writeFile('team/project/going/f', 'f', { flush: true });
    expect(await stateOf(server, 'team/project/going')).toBe('running');
  });
});
