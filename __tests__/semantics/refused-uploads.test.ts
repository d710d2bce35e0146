import { createWandbFs } from 'wandb-fs';
import { useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';
import { measure, NOTHING } from './helpers/requests.js';
import { errorOf } from './helpers/styles.js';
import { contentOn, eventually } from './helpers/waiting.js';

const server = useServer();
let run: string;
beforeEach(async () => {
  run = await makeRun(server, { 'file.txt': 'old' });
});
afterEach(() => server.faults([]));

describe('an upload that is refused for good', () => {
  const refusal = {
    match: { side: 'storage', method: 'PUT' },
    status: 403,
    body: '<Error><Code>AccessDenied</Code></Error>',
    times: Infinity,
  } as const;

  const onServer = (name: string, content: string) =>
    eventually(
      () => contentOn(server, run, name),
      (seen) => seen === content,
    );

  test('is EIO at the flush, by name and with its cause; nothing is lost, and a later flush brings it there', async () => {
    const fs = mount(server, { writebackDelay: 60_000 });
    const failed: string[] = [];
    fs.wandb.uploads.on('failed', ({ path, error }) => failed.push(`${path} ${error.code}`));
    await server.faults([refusal]);
    await fs.promises.writeFile(`${run}/file.txt`, 'new');
    await fs.promises.writeFile(`${run}/other.txt`, 'other');
    const error = await errorOf(() => fs.wandb.flush());
    expect(error).toMatchObject({ code: 'EIO', errno: -5 });
    expect(error.message).toContain(`${run}/file.txt`);
    expect(error.message).toContain(`${run}/other.txt`);
    expect(error.message).toContain('403');
    expect(failed).toHaveLength(2);

    // Nothing lost here, nothing half-written there.
    expect(await fs.promises.readFile(`${run}/file.txt`, 'utf8')).toBe('new');
    expect(await fs.promises.readdir(run)).toEqual(['file.txt', 'other.txt']);
    fs.wandb.refresh();
    expect(await fs.promises.readFile(`${run}/other.txt`, 'utf8')).toBe('other');
    expect(await fs.promises.readFile(`${run}/file.txt`, 'utf8')).toBe('new');
    expect(await contentOn(server, run, 'file.txt')).toBe('old');
    expect(await contentOn(server, run, 'other.txt')).toBeUndefined();

    // It fails again as long as the server refuses, and goes through when it doesn't.
    expect(await errorOf(() => fs.wandb.flush())).toMatchObject({ code: 'EIO' });
    await server.faults([]);
    await fs.wandb.flush();
    await onServer('file.txt', 'new');
    await onServer('other.txt', 'other');
    expect(await measure(server, () => fs.wandb.flush())).toEqual(NOTHING);
  });

  test('is EIO at every durability point', async () => {
    const fs = mount(server, { writebackDelay: 60_000 });
    await server.faults([refusal]);
    expect(await errorOf(() => fs.promises.writeFile(`${run}/a`, 'a', { flush: true }))).toMatchObject({
      code: 'EIO',
      syscall: 'fsync',
    });
    const fd = fs.openSync(`${run}/b`, 'w');
    fs.writeSync(fd, 'b');
    expect(await errorOf(() => fs.fsyncSync(fd))).toMatchObject({ code: 'EIO', syscall: 'fsync' });
    fs.closeSync(fd);
    expect(await errorOf(() => fs.wandb.flushSync())).toMatchObject({ code: 'EIO' });
    const through = mount(server, { writeback: 'through' });
    expect(await errorOf(() => through.promises.writeFile(`${run}/c`, 'c'))).toMatchObject({
      code: 'EIO',
      syscall: 'close',
    });
    expect(await errorOf(() => through.writeFileSync(`${run}/d`, 'd'))).toMatchObject({
      code: 'EIO',
      syscall: 'close',
    });
    await server.faults([]);
    await fs.wandb.flush();
    await through.wandb.flush();
    for (const name of ['a', 'b', 'c', 'd']) await onServer(name, name);
  });

  test('does not keep others back', async () => {
    const fs = mount(server);
    await server.faults([{ ...refusal, match: { ...refusal.match, path: /bad\.txt$/ } }]);
    for (const name of ['a', 'bad.txt', 'c']) await fs.promises.writeFile(`${run}/${name}`, name);
    const error = await errorOf(() => fs.wandb.flush());
    expect(error.message).toContain('bad.txt');
    expect(error.message).not.toContain(`${run}/a`);
    await onServer('a', 'a');
    await onServer('c', 'c');
    await server.faults([]);
    await fs.wandb.flush();
    await onServer('bad.txt', 'bad.txt');
  });

  test('makes close reject, which can be tried again', async () => {
    const fs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey });
    await server.faults([refusal]);
    await fs.promises.writeFile(`${run}/file.txt`, 'new');
    expect(await errorOf(() => fs.wandb.close())).toMatchObject({ code: 'EIO' });
    expect(await fs.promises.readFile(`${run}/file.txt`, 'utf8')).toBe('new');
    await server.faults([]);
    await fs.wandb.close();
    await onServer('file.txt', 'new');
  });

  test('may be removed in place of being tried again', async () => {
    const fs = mount(server);
    await server.faults([refusal]);
    await fs.promises.writeFile(`${run}/unwanted.txt`, 'x');
    await errorOf(() => fs.wandb.flush());
    await server.faults([]);
    await fs.promises.unlink(`${run}/unwanted.txt`);
    await fs.wandb.flush();
    expect(Object.keys(await server.files(run))).toEqual(['file.txt']);
  });
});
