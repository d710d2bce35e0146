import { writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import type { WandbFs } from 'wandb-fs';
import { makeDirectory } from '../helpers/directories.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';
import { errorOf, errorsOf } from './helpers/styles.js';

/** Looks like a key, is none. */
const WRONG_KEY = 'f'.repeat(20) + '0123456789'.repeat(2);

const server = useServer(STANDARD);
let run: string;
beforeAll(async () => {
  run = await makeRun(server, { 'file.txt': 'content' });
});

describe('without a key', () => {
  const variables = [
    'WANDB_API_KEY',
    'WANDB_IDENTITY_TOKEN_FILE',
    'NETRC',
    'WANDB_CONFIG_DIR',
    'WANDB_BASE_URL',
  ];
  const before = Object.fromEntries(variables.map((name) => [name, process.env[name]]));
  beforeAll(async () => {
    const empty = await makeDirectory();
    for (const name of variables) delete process.env[name];
    process.env.NETRC = `${empty}/netrc`;
    process.env.WANDB_CONFIG_DIR = empty;
  });
  afterAll(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  test('making the object is no error; the first use is EACCES and names every way to give a key', async () => {
    const fs = mount(server, { apiKey: undefined });
    expect(fs.existsSync('/somewhere')).toBe(false);
    for (const error of await errorsOf(fs, 'readFile', `${run}/file.txt`)) {
      expect(error).toMatchObject({ code: 'EACCES', errno: -13, path: `${run}/file.txt` });
      for (const hint of ['apiKey', 'WANDB_API_KEY', 'wandb login', 'netrc', '/authorize', server.url])
        expect(error.message).toContain(hint);
    }
  });

  const read = (): string => mount(server, { apiKey: undefined }).readFileSync(`${run}/file.txt`, 'utf8');

  test('one from the environment will do', () => {
    process.env.WANDB_API_KEY = server.apiKey;
    expect(read()).toBe('content');
    delete process.env.WANDB_API_KEY;
  });

  test('one that `wandb login` left in the netrc file will do', async () => {
    const { host } = new URL(server.url);
    await writeFile(process.env.NETRC ?? '', `machine ${host}\n  login user\n  password ${server.apiKey}\n`);
    expect(read()).toBe('content');
  });
});

test('a wrong key is EACCES and the message says where it came from, not what it is', async () => {
  const fs = mount(server, { apiKey: WRONG_KEY });
  for (const name of ['readFile', 'readdir', 'stat', 'unlink', 'mkdir']) {
    for (const error of await errorsOf(fs, name, `${run}/file.txt`)) {
      expect(error).toMatchObject({ code: 'EACCES', errno: -13 });
      expect(error.message).toContain(server.url);
      expect(error.message).toContain('options.apiKey');
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain(WRONG_KEY);
    }
  }
  expect(await errorOf(() => fs.promises.writeFile(`${run}/file.txt`, 'x'))).toMatchObject({
    code: 'EACCES',
  });
});

test('what the key may not do says where the key came from', async () => {
  const fs = mount(server);
  const denials = [
    { match: { side: 'api' as const }, status: 403, body: '{"error":"permission denied"}' },
    { match: { side: 'api' as const }, graphqlError: 'permission denied' },
  ];
  for (const denial of denials) {
    await server.faults([{ ...denial, times: Infinity }]);
    const error = await errorOf(() => fs.promises.readFile(`${run}/file.txt`));
    expect(error).toMatchObject({ code: 'EACCES' });
    expect(error.message).toContain('the owner of the API key from options.apiKey');
    await server.faults([]);
  }
});

describe('the key', () => {
  const secretsIn = (fs: WandbFs, ...rest: unknown[]): string =>
    [fs, fs.wandb, fs.promises, ...rest]
      .map((value) => `${inspect(value, { depth: null, showHidden: true })}${JSON.stringify(value)}`)
      .join();

  test('is in nothing that can be printed: the object, errors, counters, logs', async () => {
    const lines: string[] = [];
    const logger = { debug: (line: string) => lines.push(line), warn: (line: string) => lines.push(line) };
    const fs = mount(server, { logger });
    await fs.promises.readFile(`${run}/file.txt`);
    await fs.promises.writeFile(`${run}/other.txt`, 'x');
    const errors: unknown[] = [];
    fs.wandb.uploads.on('failed', (event) => errors.push(event));
    await server.faults([
      { match: { side: 'storage', method: 'PUT' }, status: 403, times: Infinity, body: '<Error/>' },
    ]);
    errors.push(await errorOf(() => fs.wandb.flush()));
    await server.faults([{ match: { side: 'api' }, status: 400, times: Infinity, body: 'no' }]);
    fs.wandb.refresh();
    errors.push(await errorOf(() => fs.promises.readdir(run)));
    await server.faults([]);
    await fs.wandb.flush();
    const everything = secretsIn(fs, errors, fs.wandb.counters(), lines);
    expect(everything).not.toContain(server.apiKey);
    expect(everything).not.toContain(Buffer.from(`api:${server.apiKey}`).toString('base64'));
    expect(everything).not.toMatch(/X-Goog-Signature|X-Amz-Signature/);
  });
});
