import nodeFs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createWandbFs } from 'wandb-fs';
import { packageRoot, runWell } from '../helpers/processes.js';
import { requestsOf } from '../semantics/helpers/requests.js';
import { eventually } from '../semantics/helpers/waiting.js';
import { RUN, useTrees, VERSION } from './support/disk-differences.js';
import { inAnyNode } from './support/node-members.js';

/**
 * What members give, and when. These are named after rows of 'What differs from a local disk' in
 * docs/SEMANTICS.md; `__tests__/package/semantics-rows.test.ts` holds the names together.
 */
describe('what differs from a local disk', () => {
  const trees = useTrees();

  test('a `Dir` that nobody has closed', async () => {
    const { server, disk } = trees;
    const script = `
      import nodeFs from 'node:fs';
      import { setTimeout as sleep } from 'node:timers/promises';
      import { createWandbFs } from 'wandb-fs';
      const fs = createWandbFs({ baseUrl: '${server.url}', apiKey: '${server.apiKey}' });
      let told = 0;
      const listen = ({ message }) => void (told += /garbage collection/.test(message) ? 1 : 0);
      process.on('warning', listen).on('uncaughtException', listen);
      const leave = async (on, path) => {
        const dir = await on.promises.opendir(path);
        await dir.read();
      };
      await leave(fs, '${RUN}');
      for (let round = 0; round < 20; round++) { gc(); await sleep(1); }
      const before = told;
      await leave(nodeFs, '${disk}');
      for (let round = 0; told === before && round < 500; round++) { gc(); await sleep(10); }
      console.log(before, told);`;
    const args = ['--expose-gc', '--no-warnings', '--input-type=module', '-e', script];
    expect(await runWell(process.execPath, args, { cwd: packageRoot })).toBe('0 1\n');
  });

  test('a `FileHandle` in a transfer list', async () => {
    const { fs, disk } = trees;
    const sent = async (on: typeof nodeFs, path: string): Promise<unknown> => {
      const { port1, port2 } = new MessageChannel();
      const handle = await on.promises.open(path);
      try {
        Reflect.apply(port1.postMessage, port1, [handle, [handle]]);
        return 'sent';
      } catch (error) {
        return (error as Error).message;
      } finally {
        const isOpen = handle.fd >= 0;
        if (isOpen) await handle.close();
        port1.close();
        port2.close();
      }
    };
    expect(await sent(nodeFs, join(disk, 'file'))).toBe('sent');
    expect(await sent(fs, `${RUN}/file`)).toContain('transferList');
  });

  test("what calls make use of each other's members", () => {
    const { fs, disk } = trees;
    const flushes = (on: typeof nodeFs, path: string): number => {
      const spy = jest.spyOn(on, 'fsyncSync');
      try {
        on.writeFileSync(path, 'hello', { flush: true } as nodeFs.WriteFileOptions);
        return spy.mock.calls.length;
      } finally {
        spy.mockRestore();
      }
    };
    expect(flushes(nodeFs, join(disk, 'file'))).toBe(1);
    expect(flushes(fs, `${RUN}/file`)).toBe(0);
  });

  test('when a call ends that finds all it needs here', async () => {
    const { fs, disk } = trees;
    const order = async (on: typeof nodeFs, path: string): Promise<string> => {
      await on.promises.stat(path);
      await sleep(1);
      const told: string[] = [];
      const tick = new Promise<void>((resolve) => {
        process.nextTick(() => {
          told.push('tick');
          resolve();
        });
      });
      await Promise.all([tick, on.promises.stat(path).then(() => told.push('call'))]);
      return told.join();
    };
    expect(await order(nodeFs, join(disk, 'file'))).toBe('tick,call');
    expect(await order(fs, `${RUN}/file`)).toBe('call,tick');
  });

  test('`beforeExit`', async () => {
    const { server, disk } = trees;
    const told = (write: string): Promise<string> =>
      runWell(
        process.execPath,
        [
          '--input-type=module',
          '-e',
          `
      import fs from 'node:fs';
      import { createWandbFs } from 'wandb-fs';
      const wandb = createWandbFs({ baseUrl: '${server.url}', apiKey: '${server.apiKey}' });
      process.on('beforeExit', () => process.stdout.write('told '));
      ${write}`,
        ],
        { cwd: packageRoot },
      );
    expect(await told(`fs.writeFileSync('${join(disk, 'file')}', 'x');`)).toBe('told ');
    expect(await told(`wandb.writeFileSync('${RUN}/last', 'x');`)).toBe('told told ');
  });

  test('`cp` over a file that is open', async () => {
    const { fs } = trees;
    fs.writeFileSync(`${RUN}/over`, 'before');
    const handle = await fs.promises.open(`${RUN}/over`);
    fs.writeFileSync(`${RUN}/from`, 'after');
    await fs.promises.cp(`${RUN}/from`, `${RUN}/over`);
    expect(await handle.readFile('utf8')).toBe('after');
    await handle.close();
  });

  test('mistakes that `cpSync` tells', async () => {
    const { fs } = trees;
    const way = [`${RUN}/dir`, `${RUN}/file/below`] as const;
    for (const options of [{}, { recursive: true, dereference: true }]) {
      const syscall = 'dereference' in options ? 'stat' : 'lstat';
      const told = expect.objectContaining({ code: 'ENOTDIR', syscall, path: way[1] });
      expect(() => fs.cpSync(...way, options)).toThrow(told);
      await expect(fs.promises.cp(...way, options)).rejects.toEqual(told);
    }
  });

  test('`statfs`', () => {
    const { fs, artifacts, disk } = trees;
    for (const [on, path] of [
      [fs, RUN],
      [artifacts, VERSION],
    ] as const) {
      const { bavail, blocks, bsize } = on.statfsSync(path);
      expect([bavail * bsize, blocks * bsize]).toEqual([2 ** 50, 2 ** 50]);
    }
    const { bavail, blocks } = nodeFs.statfsSync(disk);
    expect(bavail).toBeLessThan(blocks);
  });

  test('`openAsBlob`', async () => {
    const { fs, artifacts, disk } = trees;
    const onDisk = await nodeFs.openAsBlob(join(disk, 'file'));
    expect(await onDisk.text()).toBe('hello');
    nodeFs.writeFileSync(join(disk, 'file'), 'changed since');
    await expect(onDisk.text()).rejects.toMatchObject({ name: 'NotReadableError' });

    const path = `${RUN}/blob`;
    fs.writeFileSync(path, 'before');
    const blob = await fs.openAsBlob(path);
    fs.writeFileSync(path, 'after');
    expect(await blob.text()).toBe('before');
    fs.unlinkSync(path);
    expect(await blob.text()).toBe('before');
    expect(await (await artifacts.openAsBlob(`${VERSION}/a.txt`)).text()).toBe('a');
  });

  test('`readableWebStream`', async () => {
    const { fs, disk } = trees;
    const kindsOf = async (handle: nodeFs.promises.FileHandle): Promise<readonly string[]> => {
      const kinds: string[] = [];
      for await (const chunk of handle.readableWebStream()) kinds.push(chunk.constructor.name);
      await handle.close();
      return kinds;
    };
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    const onDisk = await kindsOf(await nodeFs.promises.open(join(disk, 'file')));
    const hasBytes = major >= 24 || (major === 22 && minor >= 15);
    expect(onDisk).toEqual([hasBytes ? 'Uint8Array' : 'ArrayBuffer']);

    expect(await kindsOf(await fs.promises.open(`${RUN}/dir/inner`))).toEqual(['Uint8Array']);
    const handle = await fs.promises.open(`${RUN}/dir/inner`);
    const reader = handle.readableWebStream().getReader({ mode: 'byob' });
    expect((await reader.read(new Uint8Array(4))).value).toEqual(new Uint8Array([120]));
    await reader.cancel();
    await handle.close();
  });

  test('watchers', async () => {
    const { server, fs, disk } = trees;
    // What other tests wrote isn't to be seen among the requests below.
    await fs.wandb.flush();
    const told: string[] = [];
    const onDisk = nodeFs.watch(disk, (_event, name) => told.push(`disk ${name}`));
    nodeFs.writeFileSync(join(disk, 'new'), '');
    await eventually(
      async () => told,
      (seen) => seen.includes('disk new'),
    );
    onDisk.close();

    const watching = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey, listingTtl: 60_000 });
    const run = 'lab/project/watched';
    await server.seed({ [run]: { file: 'x' } });
    watching.readdirSync(run);
    const watcher = watching.watch(run, (_event, name) => told.push(`here ${name}`));
    watching.watchFile(`${run}/file`, { interval: 20 }, ({ size }) => told.push(`size ${size}`));
    told.length = 0;
    watching.writeFileSync(`${run}/new`, '');
    await eventually(
      async () => told,
      (seen) => seen.includes('here new'),
    );
    watcher.close();
    await watching.wandb.flush();
    // What others change is told of by no one; the next listing shows it.
    told.length = 0;
    await server.seed({ [run]: { file: 'longer' } });
    expect(await requestsOf(server, () => sleep(100))).toEqual([]);
    expect(told).toEqual([]);
    watching.wandb.refresh();
    await eventually(
      async () => told,
      (seen) => seen.includes('size 6'),
    );
    await watching.wandb.close();
  });

  test('members of another Node', () => {
    const { fs, artifacts } = trees;
    const missing = (from: object, members: ReadonlySet<string>) =>
      [...members].filter((name) => !(name in from) && name !== 'Utf8Stream');
    for (const on of [fs, artifacts]) {
      expect(missing(on, inAnyNode('fs'))).toEqual([]);
      expect(missing(on.promises, inAnyNode('fs.promises'))).toEqual([]);
    }
    // No Node has all of these.
    for (const name of ['F_OK', 'globSync', 'mkdtempDisposableSync']) {
      expect(inAnyNode('fs')).toContain(name);
      expect(fs).toHaveProperty(name);
    }
    expect('Utf8Stream' in fs).toBe('Utf8Stream' in nodeFs);
  });
});
