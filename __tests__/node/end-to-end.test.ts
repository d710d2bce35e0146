import { once } from 'node:events';
import { inspect } from 'node:util';
import { createWandbFs, type WandbFs } from 'wandb-fs';
import { packageRoot, run } from '../helpers/processes.js';
import { STANDARD, startServer } from '../helpers/server.js';

type Server = Awaited<ReturnType<typeof startServer>>;

const RUN = 'entity/project/run';

describe('over HTTP, through the I/O thread', () => {
  let server: Server;
  let fs: WandbFs;
  beforeAll(async () => {
    server = await startServer(STANDARD);
    await server.seed({ [RUN]: { 'config.yaml': 'lr: 1\n', 'media/a.txt': 'a', 'media/b.txt': 'b' } });
    fs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey });
  });
  afterAll(() => fs.wandb.close());

  const uploaded = async (name: string): Promise<string | undefined> => {
    const bytes = (await server.files(RUN))[name];
    return bytes && Buffer.from(bytes).toString();
  };

  test('a file is written, read, renamed and removed in the sync style', async () => {
    const path = `${RUN}/sync.txt`;
    const fd = fs.openSync(path, 'w+');
    fs.writeSync(fd, 'hello');
    fs.fsyncSync(fd);
    expect(await uploaded('sync.txt')).toBe('hello');
    const buffer = Buffer.alloc(5);
    expect(fs.readSync(fd, buffer, 0, 5, 0)).toBe(5);
    expect([buffer.toString(), fs.fstatSync(fd).size]).toEqual(['hello', 5]);
    fs.closeSync(fd);
    fs.renameSync(path, `${RUN}/renamed.txt`);
    expect(fs.existsSync(path)).toBe(false);
    expect(await uploaded('renamed.txt')).toBe('hello');
    fs.unlinkSync(`${RUN}/renamed.txt`);
    expect(fs.readdirSync(RUN)).toEqual(['config.yaml', 'media']);
    expect(await uploaded('renamed.txt')).toBeUndefined();
  });

  test('in the promise style', async () => {
    const { promises } = fs;
    await promises.writeFile(`${RUN}/promise.txt`, 'hello', { flush: true });
    expect(await uploaded('promise.txt')).toBe('hello');
    expect(await promises.readFile(`${RUN}/promise.txt`, 'utf8')).toBe('hello');
    await promises.rename(`${RUN}/promise.txt`, `${RUN}/renamed.txt`);
    await promises.rm(`${RUN}/renamed.txt`);
    expect((await promises.readdir(RUN, { withFileTypes: true })).map(({ name }) => name)).toEqual([
      'config.yaml',
      'media',
    ]);
    await expect(promises.stat(`${RUN}/renamed.txt`)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('in the callback style', async () => {
    const called = <T>(
      call: (callback: (error: unknown, value?: T) => void) => void,
    ): Promise<T | undefined> =>
      new Promise((resolve, reject) => {
        call((error, value) => (error ? reject(error) : resolve(value)));
      });
    const path = `${RUN}/callback.txt`;
    const fd = (await called<number>((callback) => fs.open(path, 'w', callback))) ?? -1;
    expect(fd).toBeGreaterThanOrEqual(0x60000000);
    await called((callback) => fs.write(fd, 'hello', callback));
    await called((callback) => fs.fsync(fd, callback));
    await called((callback) => fs.close(fd, callback));
    expect(await uploaded('callback.txt')).toBe('hello');
    expect(await called((callback) => fs.readFile(path, 'utf8', callback))).toBe('hello');
    await called((callback) => fs.unlink(path, callback));
    expect(await called((callback) => fs.readdir(RUN, callback))).toEqual(['config.yaml', 'media']);
  });

  test('streams write and read ranges', async () => {
    const stream = fs.createWriteStream(`${RUN}/stream.txt`, { flush: true });
    stream.write('hello ');
    stream.end('world');
    await once(stream, 'close');
    expect(await uploaded('stream.txt')).toBe('hello world');
    const chunks = await fs
      .createReadStream(`${RUN}/stream.txt`, { start: 4, end: 6, encoding: 'utf8' })
      .toArray();
    expect(chunks).toEqual(['o w']);
    await fs.promises.rm(`${RUN}/stream.txt`);
  });

  test('a large copy is uploaded once, under its own name', async () => {
    fs.writeFileSync(`${RUN}/large.bin`, Buffer.alloc(3 << 20, 'x'));
    await fs.wandb.flush();
    await server.requests({ clear: true });
    await fs.promises.copyFile(`${RUN}/large.bin`, `${RUN}/copy.bin`);
    await fs.wandb.flush();
    const puts = (await server.requests()).filter(({ method }) => method === 'PUT').map(({ path }) => path);
    expect(puts).toEqual([expect.stringContaining('copy.bin')]);
    expect((await uploaded('copy.bin'))?.length).toBe(3 << 20);
  });

  test('a web address of the app is a path', () => {
    const address = fs.wandb.webUrl(`${RUN}/config.yaml`);
    expect(address).toBe(`${server.url}/entity/project/runs/run/files/config.yaml`);
    expect(fs.readFileSync(address, 'utf8')).toBe('lr: 1\n');
    expect(fs.readFileSync(new URL(address), 'utf8')).toBe('lr: 1\n');
    expect(fs.existsSync('https://example.com/entity/project/runs/run/files/config.yaml')).toBe(false);
  });

  test('uploads are told', async () => {
    const told = once(fs.wandb.uploads, 'uploaded');
    await fs.promises.writeFile(`${RUN}/told.txt`, 'x');
    await fs.wandb.flush();
    expect((await told)[0]).toEqual({ path: `/${RUN}/told.txt`, size: 1 });
  });

  test('who comes after a call that was aborted is served', async () => {
    const slow = await startServer({ ...STANDARD, latencyMs: 100 });
    await slow.seed({ [RUN]: { 'a.txt': 'a' } });
    const other = createWandbFs({ baseUrl: slow.url, apiKey: slow.apiKey });
    const controller = new AbortController();
    const aborted = other.promises.readFile(`${RUN}/a.txt`, { signal: controller.signal });
    const told = expect(aborted).rejects.toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
    // Jest's timers are the real ones: the request is on its way by then.
    await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort();
    expect(await other.promises.readFile(`${RUN}/a.txt`, 'utf8')).toBe('a');
    await told;
    await other.wandb.close();
  });

  test('closing waits for the calls on their way', async () => {
    const other = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey });
    const results = [
      other.promises.writeFile(`${RUN}/late.txt`, 'whole'),
      new Promise((resolve) => other.writeFile(`${RUN}/later.txt`, 'whole too', resolve)),
      other.promises.readFile(`${RUN}/config.yaml`, 'utf8'),
    ];
    await other.wandb.close();
    expect(await Promise.all(results)).toEqual([undefined, null, 'lr: 1\n']);
    expect([await uploaded('late.txt'), await uploaded('later.txt')]).toEqual(['whole', 'whole too']);
    await expect(other.promises.stat(RUN)).rejects.toMatchObject({ code: 'EBADF' });
  });

  test('inspecting the object shows no key', () => {
    expect(inspect(fs, { depth: 12, showHidden: true })).not.toContain(server.apiKey);
  });

  describe('in a process of its own', () => {
    const node = (script: string) =>
      run(process.execPath, ['--input-type=module', '--eval', script], {
        cwd: packageRoot,
        env: { WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey },
      });

    test('the default instance takes its configuration from the environment, at the first use', async () => {
      const { stdout, stderr } = await node(`
        import { readFile } from 'wandb-fs/promises';
        import wandbFs, { wandbFs as named } from 'wandb-fs';
        console.log(await readFile('${RUN}/config.yaml', 'utf8'));
        console.log(wandbFs === named, wandbFs.promises.readFile === readFile);
      `);
      expect([stdout, stderr]).toEqual(['lr: 1\n\ntrue true\n', '']);
    });

    test('importing does nothing: a configuration that cannot be is told by the first call', async () => {
      const { stdout } = await node(`
        process.env.WANDB_BASE_URL = 'nonsense';
        const { default: fs } = await import('wandb-fs');
        await fs.promises.readdir('/').catch((error) => console.log(error.name, error.code));
      `);
      expect(stdout).toBe('TypeError ERR_INVALID_ARG_VALUE\n');
    });

    test('what a callback throws is an uncaught exception, and it is called once', async () => {
      const { stdout } = await node(`
        import fs from 'wandb-fs';
        let calls = 0;
        process.on('uncaughtException', (error, origin) => console.log(origin, error.message, calls));
        process.on('unhandledRejection', () => console.log('rejected'));
        fs.stat('${RUN}', () => { calls++; throw new Error('mine'); });
      `);
      expect(stdout).toBe('uncaughtException mine 1\n');
    });
  });
});
