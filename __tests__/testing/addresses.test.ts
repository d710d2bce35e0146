import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWandbFs } from '../../src/index.js';
import { type FakeWandb, startFakeWandb } from '../../src/testing/index.js';
import { authorization, type FileRow } from './client.js';
import { byHttp } from './helpers/plain-http.js';

const run = 'lab/project/run';
const name = 'a #?%.txt';
const ROW = `{ project(name: "project", entityName: "lab") { run(name: "run") {
  files(names: ["${name}"]) { edges { node { url directUrl uploadUrl: url(upload: true) } } } } }
  serverInfo { frontendHost } }`;

type Addresses = Pick<FileRow, 'url' | 'directUrl'> & { readonly uploadUrl: string };

/** A tunnel: it is reached at another port, passes everything on as it comes, and knows of one port behind it. */
const openTunnel = (to: string): Promise<Server> =>
  new Promise((resolve) => {
    const { port } = new URL(to);
    const server = createServer((asked, answer) => {
      const onward = request(
        { host: '127.0.0.1', port, method: asked.method, path: asked.url, headers: asked.headers },
        (found) => {
          answer.writeHead(found.statusCode ?? 0, found.headers);
          found.pipe(answer);
        },
      );
      asked.pipe(onward);
    }).listen(0, '127.0.0.1', () => resolve(server));
  });

describe('the addresses that the server gives out', () => {
  let wandb: FakeWandb;
  beforeAll(async () => {
    wandb = await startFakeWandb();
    await wandb.seed({ [run]: { [name]: 'content' } });
  });
  afterAll(() => wandb.close());

  const addressesFor = async (headers: Record<string, string>, via = wandb.url) => {
    const { text } = await byHttp(`${via}/graphql`, {
      method: 'POST',
      body: JSON.stringify({ query: ROW }),
      headers: { ...authorization(wandb), 'content-type': 'application/json', ...headers },
    });
    const { data } = JSON.parse(text);
    const addresses: Addresses = data.project.run.files.edges[0].node;
    return { ...addresses, frontendHost: data.serverInfo.frontendHost as string };
  };
  const originOf = (address: string): string => new URL(address).origin;

  test('are its own to those who ask by its own: the storage lies on another origin', async () => {
    const { url, directUrl, frontendHost } = await addressesFor({});
    expect([originOf(url), frontendHost]).toEqual([wandb.url, wandb.url]);
    expect(originOf(directUrl)).toBe(wandb.storageUrl);
  });

  test.each([['localhost'], ['wandb.test:8443'], ['a-container'], ['[::1]:9000']])(
    'follow the Host %s that was asked, and their signatures hold',
    async (host) => {
      const asked = host === 'localhost' ? `localhost:${new URL(wandb.url).port}` : host;
      const { url, directUrl, uploadUrl, frontendHost } = await addressesFor({ host: asked });
      for (const address of [url, directUrl, uploadUrl, frontendHost])
        expect(originOf(address)).toBe(`http://${asked}`);
      const reached = directUrl.replace(`http://${asked}`, wandb.url);
      expect(await byHttp(reached, { headers: { host: asked } })).toMatchObject({
        status: 200,
        text: 'content',
      });
      // What a client sends to all addresses below its base URL doesn't reach the bucket.
      expect((await byHttp(reached, { headers: authorization(wandb) })).status).toBe(200);
      expect((await byHttp(reached.replace(/Signature=./, 'Signature='))).status).toBe(403);
      const redirect = await byHttp(url.replace(`http://${asked}`, wandb.url), {
        headers: { ...authorization(wandb), host: asked },
      });
      expect(originOf(redirect.headers.location ?? '')).toBe(`http://${asked}`);
    },
  );

  test('are of the authority of each request, in turn on one connection and at once', async () => {
    const own = new URL(wandb.url).host;
    const hosts = [own, 'wandb.test', own, 'a-container', own];
    const frontendOf = async (host: string) => (await addressesFor({ host })).frontendHost;
    const asked = hosts.map((host) => `http://${host}`);
    const inTurn: string[] = [];
    for (const host of hosts) inTurn.push(await frontendOf(host));
    expect(inTurn).toEqual(asked);
    expect(await Promise.all(hosts.map(frontendOf))).toEqual(asked);
  });

  test.each([
    [{ 'x-forwarded-host': 'elsewhere.test', 'x-forwarded-proto': 'https' }],
    [{ forwarded: 'host=elsewhere.test;proto=https' }],
    [{ host: 'elsewhere.test/graphql?' }],
    [{ host: 'user@elsewhere.test' }],
  ])('believe nothing else: %j', async (headers) => {
    const { url, directUrl } = await addressesFor(headers);
    expect([originOf(url), originOf(directUrl)]).toEqual([wandb.url, wandb.storageUrl]);
  });

  test('a filesystem works through a tunnel that knows of one port', async () => {
    const tunnel = await openTunnel(wandb.url);
    const baseUrl = `http://localhost:${(tunnel.address() as AddressInfo).port}`;
    await wandb.requests({ clear: true });
    {
      await using fs = createWandbFs({ baseUrl, apiKey: wandb.apiKey });
      expect(await fs.promises.readFile(`/${run}/${name}`, 'utf8')).toBe('content');
      await fs.promises.writeFile(`/${run}/new.txt`, 'new');
    }
    tunnel.close();
    tunnel.closeAllConnections();
    expect(await wandb.files(run)).toMatchObject({ 'new.txt': new Uint8Array(Buffer.from('new')) });
    const requests = await wandb.requests();
    expect(requests.filter(({ status }) => status >= 400)).toEqual([]);
    // The log tells objects from API, whatever port they were asked at.
    expect(requests.filter(({ side }) => side === 'storage').map(({ method }) => method)).toEqual([
      'GET',
      'PUT',
    ]);
  });
});
