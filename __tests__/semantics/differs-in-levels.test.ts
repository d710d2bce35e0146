import nodeFs from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../helpers/directories.js';
import { useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';
import { countOf, requestsOf } from './helpers/requests.js';
import { errorsOf } from './helpers/styles.js';
import { contentOn, eventually } from './helpers/waiting.js';

/**
 * What can be made at which level. These are named after rows of 'What differs from a local disk' in docs/SEMANTICS.md;
 * `__tests__/package/semantics-rows.test.ts` holds the names together.
 */
describe('what differs from a local disk', () => {
  const server = useServer();
  let disk: string;
  beforeEach(async () => {
    disk = await makeDirectory();
  });

  test('files above a run (`/entity/project/x`)', async () => {
    nodeFs.mkdirSync(join(disk, 'entity/project'), { recursive: true });
    nodeFs.writeFileSync(join(disk, 'entity/project/x'), 'x');

    await makeRun(server);
    const fs = mount(server);
    for (const path of ['/x', '/team/x', '/team/project/x']) {
      for (const error of await errorsOf(fs, 'writeFile', path, 'x')) {
        expect(error).toMatchObject({ code: 'EPERM', syscall: 'open', path });
        expect(error.message).toContain('Files live inside runs');
      }
    }
  });

  test('writing below a missing run', async () => {
    const writes = (top: string) =>
      [
        ['writeFile', `${top}/file`, 'x'],
        ['appendFile', `${top}/file`, 'x'],
        ['open', `${top}/file`, 'w'],
        ['mkdir', `${top}/dir`],
      ] as const;
    for (const [name, ...args] of writes(join(disk, 'missing'))) {
      for (const { code } of await errorsOf(nodeFs, name, ...args)) expect(code).toBe('ENOENT');
    }

    await makeRun(server);
    const fs = mount(server);
    const requests = await requestsOf(server, async () => {
      for (const [name, ...args] of writes('team/project/missing')) {
        for (const { code } of await errorsOf(fs, name, ...args))
          expect([name, code]).toEqual([name, 'ENOENT']);
      }
    });
    expect(countOf(requests, 'upsertBucket')).toBe(0);
    expect(mount(server).existsSync('team/project/missing')).toBe(false);
    fs.mkdirSync('team/project/missing');
    await fs.promises.writeFile('team/project/missing/file', 'x', { flush: true });
    await eventually(
      () => contentOn(server, 'team/project/missing', 'file'),
      (seen) => seen === 'x',
    );
  });

  test('`mkdir` of a run that was deleted', async () => {
    nodeFs.mkdirSync(join(disk, 'run'));
    nodeFs.rmdirSync(join(disk, 'run'));
    nodeFs.mkdirSync(join(disk, 'run'));

    const run = await makeRun(server, { f: 'f' });
    const fs = mount(server, { allowDelete: ['run'] });
    fs.rmSync(run, { recursive: true });
    expect(fs.existsSync(run)).toBe(false);
    for (const again of [fs, mount(server)]) {
      for (const error of await errorsOf(again, 'mkdir', run)) {
        expect(error).toMatchObject({ code: 'EEXIST', syscall: 'mkdir' });
        expect(error.message).toContain('deleted');
      }
      expect(again.existsSync(run)).toBe(false);
    }
  });
});
