import { AUTHORITY, type Certificate, startForwardProxy, startTlsServer } from '../helpers/network.js';
import { packageRoot, run } from '../helpers/processes.js';
import { useServer } from '../helpers/server.js';

const RUN = 'team/flowers/run-1';

const server = useServer();
beforeAll(async () => {
  await server.seed({ [RUN]: { 'petals.txt': 'pink' } });
});

/** The address of the server behind a certificate, its storage behind the same one. */
async function secured(certificate: Certificate): Promise<string> {
  const [port] = await startTlsServer([server.url, server.storageUrl], certificate);
  return `https://localhost:${port}`;
}

/** What a program reads in the two ways at each address, and prints: Node reads its certificates when it starts. */
async function readAllBy(
  urls: readonly string[],
  env: Record<string, string>,
  flags: readonly string[] = [],
): Promise<string[][]> {
  const script = `
    import { createWandbFs } from 'wandb-fs';
    const told = (error) => error.code + ' ' + error.message;
    async function read(baseUrl) {
      const fs = createWandbFs({ baseUrl });
      let sync;
      try {
        sync = fs.readFileSync('/${RUN}/petals.txt', 'utf8');
        fs.writeFileSync('/${RUN}/written', 'sync');
      } catch (error) {
        sync = told(error);
      }
      await fs.wandb.close();
      const own = createWandbFs({ baseUrl, sync: 'off' });
      const async = await own.promises.readFile('/${RUN}/petals.txt', 'utf8').catch(told);
      await own.wandb.close();
      return [sync, async];
    }
    const seen = [];
    for (const url of ${JSON.stringify(urls)}) seen.push(await read(url));
    console.log(JSON.stringify(seen));`;
  const { stdout, stderr } = await run(
    process.execPath,
    [...flags, '--input-type=module', '--eval', script],
    {
      cwd: packageRoot,
      env: {
        ...{ NODE_EXTRA_CA_CERTS: '', SSL_CERT_FILE: '', SSL_CERT_DIR: '', REQUESTS_CA_BUNDLE: '' },
        WANDB_API_KEY: server.apiKey,
        ...env,
      },
    },
  );
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

const readBy = async (url: string, ...how: [env: Record<string, string>, flags?: readonly string[]]) =>
  (await readAllBy([url], ...how))[0];

const READ = ['pink', 'pink'];

test.each<[string, Record<string, string>, string[]]>([
  ['NODE_TLS_REJECT_UNAUTHORIZED', { NODE_TLS_REJECT_UNAUTHORIZED: '0' }, []],
  ['SSL_CERT_FILE with --use-openssl-ca', { SSL_CERT_FILE: AUTHORITY }, ['--use-openssl-ca']],
  // Where there is this flag; on other systems than Linux the system has its own store.
  ...(process.allowedNodeEnvironmentFlags.has('--use-system-ca') && process.platform === 'linux'
    ? [
        ['--use-system-ca', { SSL_CERT_FILE: AUTHORITY }, ['--use-system-ca']] as [
          string,
          Record<string, string>,
          string[],
        ],
      ]
    : []),
])('%s counts in the I/O thread and outside of it', async (_, env, flags) => {
  expect(await readBy(await secured('server'), env, flags)).toEqual(READ);
});

test('NODE_EXTRA_CA_CERTS counts for the server behind a proxy', async () => {
  const proxy = await startForwardProxy();
  const url = (await secured('server')).replace('localhost', 'api.wandb.test');
  const env = { HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: AUTHORITY };
  expect(await readBy(url, env)).toEqual(READ);
  const targets = (await proxy.requests()).map(({ method, target }) => `${method} ${target.split(':')[0]}`);
  expect(new Set(targets)).toEqual(new Set(['CONNECT api.wandb.test']));
});

describe('NODE_EXTRA_CA_CERTS', () => {
  const CERTIFICATES = ['server', 'expired', 'other-host'] as const;
  /** By one program, which has the authority for all of them. */
  let seen: Record<(typeof CERTIFICATES)[number], string[]>;
  beforeAll(async () => {
    const urls = await Promise.all(CERTIFICATES.map(secured));
    const told = await readAllBy(urls, { NODE_EXTRA_CA_CERTS: AUTHORITY });
    seen = Object.fromEntries(CERTIFICATES.map((certificate, at) => [certificate, told[at]])) as typeof seen;
  });

  test('counts in the I/O thread and outside of it', () => {
    expect(seen.server).toEqual(READ);
  });

  test.each([
    ['expired', /its certificate has expired\. .*check this machine's clock/],
    ['other-host', /its certificate is for another host \(DNS:elsewhere\.test\); check `baseUrl`/],
  ] as const)('with it the certificate %s is EPROTO that says what is wrong', (certificate, message) => {
    expect(seen[certificate]).toHaveLength(2);
    for (const error of seen[certificate]) {
      expect(error).toMatch(/^EPROTO /);
      expect(error).toMatch(message);
    }
  });
});
