import { useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';
import { countOf, requestsOf } from './helpers/requests.js';
import { stateOf } from './helpers/run-state.js';
import { call, errorOf, errorsOf, STYLES } from './helpers/styles.js';
import { contentOn, eventually } from './helpers/waiting.js';

const server = useServer({ viewer: { entity: 'me', teams: ['team'] } });

describe('the levels above files', () => {
  test('entities, projects and runs are directories', async () => {
    const run = await makeRun(server, { f: 'f' });
    const fs = mount(server);
    expect(await fs.promises.readdir('/')).toEqual(expect.arrayContaining(['me', 'team']));
    expect(await fs.promises.readdir('/team')).toContain('project');
    expect(await fs.promises.readdir('team/project')).toContain(run.split('/').at(-1));
    for (const path of ['/', 'team', 'team/project', run]) expect(fs.statSync(path).isDirectory()).toBe(true);
    expect(fs.statSync(run).birthtimeMs).toBeGreaterThan(Date.now() - 60_000);
  });

  test('hold no files: writing there is EPERM', async () => {
    await makeRun(server);
    const fs = mount(server);
    for (const path of ['/f', 'team/f', 'team/project/f']) {
      for (const error of await errorsOf(fs, 'writeFile', path, 'x'))
        expect(error).toMatchObject({ code: 'EPERM', syscall: 'open' });
    }
    for (const error of await errorsOf(fs, 'mkdir', '/new-entity')) expect(error.code).toBe('EPERM');
  });
});

describe('mkdir', () => {
  test.each(STYLES)('of a run makes it on the server, finished and not crashed: %s', async (style) => {
    await makeRun(server);
    const fs = mount(server);
    const run = `team/project/made-${style}`;
    await call(fs, style, 'mkdir', run);
    expect(await stateOf(server, run)).toBe('finished');
    expect(await fs.promises.readdir(run)).toEqual([]);
    expect(await fs.promises.readdir('team/project')).toContain(`made-${style}`);
    await fs.promises.writeFile(`${run}/f`, 'first', { flush: true });
    expect(await stateOf(server, run)).toBe('finished');
    await eventually(
      () => contentOn(server, run, 'f'),
      (seen) => seen === 'first',
    );
    for (const error of await errorsOf(fs, 'mkdir', run))
      expect(error).toMatchObject({ code: 'EEXIST', syscall: 'mkdir' });
  });

  test('of a project makes it; `recursive` makes what is missing above', async () => {
    const fs = mount(server);
    await fs.promises.mkdir('team/other');
    expect(await fs.promises.readdir('team')).toContain('other');
    expect(await fs.promises.mkdir('team/third/run/sub', { recursive: true })).toBe('/team/third');
    expect(await stateOf(server, 'team/third/run')).toBe('finished');
    expect(await mount(server).promises.readdir('team/third')).toEqual(['run']);
    for (const error of await errorsOf(fs, 'mkdir', 'team/missing/run')) expect(error.code).toBe('ENOENT');
  });

  test('inside a run is local, and costs no request that changes anything', async () => {
    const run = await makeRun(server);
    const fs = mount(server);
    await fs.promises.readdir(run);
    const requests = await requestsOf(server, () => fs.promises.mkdir(`${run}/a/b`, { recursive: true }));
    expect(requests).toEqual([]);
    expect(await fs.promises.readdir(run, { recursive: true })).toEqual(['a', 'a/b']);
  });

  test('of a run that was deleted is EEXIST: W&B does not give its name again', async () => {
    const run = await makeRun(server, { f: 'f' });
    const fs = mount(server, { allowDelete: ['run'] });
    await fs.promises.rm(run, { recursive: true });
    expect(fs.existsSync(run)).toBe(false);
    for (const error of await errorsOf(fs, 'mkdir', run)) {
      expect(error).toMatchObject({ code: 'EEXIST', syscall: 'mkdir' });
      expect(error.message).toMatch(/deleted/);
    }
    expect(await stateOf(server, run)).toBeNull();
  });

  test('of a run does not revive one that another process made meanwhile', async () => {
    const run = await makeRun(server);
    const fs = mount(server);
    expect(await fs.promises.readdir('team/project')).not.toContain('meanwhile');
    await server.seed({ 'team/project/meanwhile': { f: 'theirs' } }, { state: 'running' });
    expect(await errorOf(() => fs.promises.mkdir('team/project/meanwhile'))).toMatchObject({
      code: 'EEXIST',
    });
    expect(await stateOf(server, 'team/project/meanwhile')).toBe('running');
    expect(await stateOf(server, run)).toBe('finished');
  });
});

describe('removing runs and projects', () => {
  test('is EPERM and names the option, unless `allowDelete` names the level', async () => {
    const run = await makeRun(server, { f: 'f' });
    const fs = mount(server);
    const requests = await requestsOf(server, async () => {
      for (const error of await errorsOf(fs, 'rm', run, { recursive: true })) {
        expect(error).toMatchObject({ code: 'EPERM' });
        expect(error.message).toContain('allowDelete');
      }
      for (const error of await errorsOf(fs, 'rm', 'team/project', { recursive: true, force: true }))
        expect(error).toMatchObject({ code: 'EPERM' });
    });
    expect(
      countOf(requests, 'deleteRun') + countOf(requests, 'deleteModel') + countOf(requests, 'deleteFiles'),
    ).toBe(0);
    expect(await contentOn(server, run, 'f')).toBe('f');
  });

  test.each(STYLES)('deletes a run with all that is in it, at once: %s', async (style) => {
    const run = await makeRun(server, { f: 'f', 'a/b': 'b' });
    const fs = mount(server, { allowDelete: ['run'] });
    const requests = await requestsOf(server, () => call(fs, style, 'rm', run, { recursive: true }));
    expect(countOf(requests, 'deleteRun')).toBe(1);
    expect(await stateOf(server, run)).toBeNull();
    expect(fs.existsSync(run)).toBe(false);
    expect(await fs.promises.readdir('team/project')).not.toContain(run.split('/').at(-1));
  });

  test('rmdir of a run that has files is ENOTEMPTY; of an empty one it deletes it', async () => {
    const full = await makeRun(server, { f: 'f' });
    const empty = await makeRun(server);
    const fs = mount(server, { allowDelete: ['run'] });
    for (const error of await errorsOf(fs, 'rmdir', full)) expect(error).toMatchObject({ code: 'ENOTEMPTY' });
    await fs.promises.rmdir(empty);
    expect(await stateOf(server, empty)).toBeNull();
    expect(await stateOf(server, full)).toBe('finished');
  });

  test('one level allowed is not the other', async () => {
    await server.seed({ 'team/doomed/run': { f: 'f' } });
    const runs = mount(server, { allowDelete: ['run'] });
    expect(await errorOf(() => runs.promises.rm('team/doomed', { recursive: true }))).toMatchObject({
      code: 'EPERM',
    });
    expect(await stateOf(server, 'team/doomed/run')).toBe('finished');
    const projects = mount(server, { allowDelete: ['project'] });
    await projects.promises.rm('team/doomed', { recursive: true });
    expect(await projects.promises.readdir('team')).not.toContain('doomed');
  });
});

describe('renaming', () => {
  test('between runs, and of runs and above, is EXDEV: tools copy then', async () => {
    const one = await makeRun(server, { f: 'f', 'd/g': 'g' });
    const two = await makeRun(server);
    const fs = mount(server);
    for (const [from, to] of [
      [`${one}/f`, `${two}/f`],
      [`${one}/d`, `${two}/d`],
      [one, 'team/project/new-name'],
      ['team/project', 'team/new-name'],
    ] as const) {
      for (const error of await errorsOf(fs, 'rename', from, to))
        expect(error).toMatchObject({ code: 'EXDEV', syscall: 'rename', path: from, dest: to });
    }
    await fs.promises.cp(`${one}/d`, `${two}/d`, { recursive: true });
    await fs.wandb.flush();
    await eventually(
      () => contentOn(server, two, 'd/g'),
      (seen) => seen === 'g',
    );
  });

  test('a directory inside a run moves with all that is in it', async () => {
    const run = await makeRun(server, { 'd/f': 'f', 'd/sub/g': 'g', other: 'o' });
    const fs = mount(server);
    await fs.promises.rename(`${run}/d`, `${run}/e`);
    expect(await fs.promises.readdir(run, { recursive: true })).toEqual([
      'e',
      'other',
      'e/f',
      'e/sub',
      'e/sub/g',
    ]);
    const files = await eventually(
      () => server.files(run),
      (seen) => 'e/sub/g' in seen && 'e/f' in seen,
    );
    expect(Object.keys(files).sort()).toEqual(['e/f', 'e/sub/g', 'other']);
  });

  test('more bytes than `maxRenameBytes` that the server knows: EXDEV', async () => {
    const run = await makeRun(server, { large: Buffer.alloc(2000), small: Buffer.alloc(500) });
    const fs = mount(server, { maxRenameBytes: 1000 });
    expect(await errorOf(() => fs.promises.rename(`${run}/large`, `${run}/x`))).toMatchObject({
      code: 'EXDEV',
    });
    await fs.promises.rename(`${run}/small`, `${run}/x`);
    expect(fs.statSync(`${run}/x`).size).toBe(500);
  });
});
