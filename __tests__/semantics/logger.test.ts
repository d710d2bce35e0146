import { request as ask, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WandbFsOptions } from 'wandb-fs';
import { createWandbFs } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';
import { errorOf } from './helpers/styles.js';

const server = useServer({ ...STANDARD, features: [] });
let run: string;
beforeAll(async () => {
  run = await makeRun(server, { 'file.txt': 'content' });
});

const listening = (): { readonly lines: string[]; readonly logger: WandbFsOptions['logger'] } => {
  const lines: string[] = [];
  const logger = {
    debug: (line: string) => lines.push(line),
    warn: (line: string) => lines.push(`! ${line}`),
  };
  return { lines, logger };
};

/** Everything that must not be told of what was read and written. */
const assertNoSecrets = (lines: readonly string[]): void => {
  const all = lines.join('\n');
  expect(all).not.toContain(server.apiKey);
  expect(all).not.toContain(Buffer.from(`api:${server.apiKey}`).toString('base64'));
  expect(all).not.toMatch(/signature|credential|expires|\?/i);
};

describe.each<[string, WandbFsOptions]>([
  ['in a thread', {}],
  ['in this one', { sync: 'off' }],
  ['by a fetch of the user', { fetch: globalThis.fetch }],
])('with the owner %s the logger hears', (_where, options) => {
  test('each request, with its status and time', async () => {
    const { lines, logger } = listening();
    const fs = mount(server, { ...options, logger });
    await fs.promises.readFile(`${run}/file.txt`);
    await fs.promises.writeFile(`${run}/new.txt`, 'x');
    await fs.wandb.flush();
    const line = (text: string) => expect.stringMatching(new RegExp(`${text}: 200 in \\d+ ms$`));
    expect(lines).toEqual(
      expect.arrayContaining([
        line(`^POST ${server.url}/graphql LookUp`),
        line('^GET http://.*file\\.txt'),
        line(`^POST ${server.url}/graphql CreateRunFiles`),
        line('^PUT http://.*new\\.txt'),
      ]),
    );
    assertNoSecrets(lines);
  });

  test('each retry: why, and after how long', async () => {
    const { lines, logger } = listening();
    const fs = mount(server, { ...options, logger });
    await server.faults([
      { match: { side: 'api', operation: 'LookUp' }, status: 503 },
      { match: { side: 'storage', method: 'GET' }, drop: 'before' },
    ]);
    await fs.promises.readFile(`${run}/file.txt`);
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(`POST ${server.url}/graphql LookUp: 503 in`),
        expect.stringMatching(
          `^again in \\d+ ms: ${server.url}: .* can't answer at the moment\\. \\(HTTP 503`,
        ),
        expect.stringMatching(/^GET .*file\.txt: no answer \(/),
        expect.stringMatching(/^again in \d+ ms: .*file\.txt: The connection to .* broke\./),
      ]),
    );
    assertNoSecrets(lines);
  });

  test('what is done another way', async () => {
    const { lines, logger } = listening();
    const fs = mount(server, { ...options, logger });
    await fs.promises.writeFile(`${run}/new.txt`, 'y');
    await fs.wandb.flush();
    expect(lines).toContainEqual('the server has no MARK_RUN_FILES_UPLOADED: done without');
    await server.faults([{ match: { side: 'storage', method: 'GET' }, isExpired: true }]);
    await fs.promises.readFile(`${run}/file.txt`);
    expect(lines).toContainEqual(expect.stringContaining("the API's own address is used"));
    assertNoSecrets(lines);
  });
});

test('the logger hears of requests that get no answer, and once of the outage', async () => {
  const { lines, logger } = listening();
  const fs = createWandbFs({ baseUrl: 'http://127.0.0.1:1', apiKey: server.apiKey, logger });
  for (let call = 0; call < 3; call++) await errorOf(() => fs.promises.readFile(`${run}/file.txt`));
  await fs.wandb.close();
  expect(lines).toContainEqual(
    expect.stringMatching(/^POST http:\/\/127\.0\.0\.1:1\/graphql LookUp: no answer \(ECONNREFUSED\) in/),
  );
  expect(lines.filter((line) => line.startsWith('! http://127.0.0.1:1 refuses connections'))).toHaveLength(1);
});

test('a logger without `warn` hears of warnings by `debug`', async () => {
  const lines: string[] = [];
  const logger = { debug: (line: string) => lines.push(line) };
  const fs = mount(server, { apiKey: 'wrong'.repeat(8), logger });
  expect(fs.existsSync(`${run}/file.txt`)).toBe(false);
  expect(lines).toContainEqual(expect.stringContaining("doesn't accept the API key"));
});

test('the logger hears of a proxy that is none, and why', async () => {
  process.env.https_proxy = 'ftp://user:s3cret@127.0.0.1:1';
  const { lines, logger } = listening();
  const fs = mount(server, { logger });
  await fs.promises.stat(run);
  delete process.env.https_proxy;
  expect(lines).toContainEqual(expect.stringMatching(/^https: goes nowhere: https_proxy names a proxy that/));
  expect(lines.join()).not.toContain('s3cret');
});

test('the logger hears of a proxy, without its password', async () => {
  const proxy = createServer((incoming, answer) => {
    const { url = '', method, headers } = incoming;
    incoming.pipe(
      ask(url, { method, headers }, (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      }),
    );
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  process.env.http_proxy = `http://user:s3cret@127.0.0.1:${port}`;
  const { lines, logger } = listening();
  const fs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey, logger });
  delete process.env.http_proxy;
  await fs.promises.readFile(`${run}/file.txt`);
  await fs.wandb.close();
  proxy.closeAllConnections();
  await new Promise((resolve) => proxy.close(resolve));
  expect(lines).toContainEqual(expect.stringContaining(`through the proxy http://127.0.0.1:${port} `));
  expect(lines.join()).not.toContain('s3cret');
});

test('a logger that throws, or rejects, harms nothing and is told of once', async () => {
  const warning = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const fails = (): never => {
    throw new Error('full');
  };
  const loggers = [
    { debug: fails, warn: fails },
    { debug: () => Promise.reject(new Error('full')) },
    new (class {
      #private = 1;
      debug(): number {
        return this.#private;
      }
    })(),
  ] as unknown as NonNullable<WandbFsOptions['logger']>[];
  for (const logger of loggers) {
    for (const options of [{}, { sync: 'off' as const }]) {
      const fs = mount(server, { ...options, logger });
      expect(await fs.promises.readFile(`${run}/file.txt`, 'utf8')).toBe('content');
      if (!('sync' in options)) expect(fs.readFileSync(`${run}/file.txt`, 'utf8')).toBe('content');
    }
  }
  await new Promise(setImmediate);
  const told = warning.mock.calls.filter(([text]) => String(text).includes('`logger` failed: Error: full'));
  warning.mockRestore();
  expect(told).toHaveLength(4);
});
