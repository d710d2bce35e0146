import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWandbArtifactFs } from 'wandb-fs';
import { isPublicAddress, isPublicHost, publicLookup } from '../../src/wire/transport/public-addresses.js';
import { STANDARD } from '../helpers/server.js';
import { errorOf, mount, newCollection, useLab } from './helpers/mounts.js';

const requests: string[] = [];
const web = createServer(({ url = '' }, response) => {
  requests.push(url);
  const [, location] = /^\/to\/(.*)$/.exec(url) ?? [];
  if (location === undefined) response.end('inside');
  else response.writeHead(302, { location: decodeURIComponent(location) }).end();
});
const server = useLab(STANDARD);
let port: number;
beforeAll(async () => {
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  ({ port } = web.address() as AddressInfo);
});
afterAll(() => {
  web.closeAllConnections();
  web.close();
});
beforeEach(() => {
  requests.length = 0;
});

async function read(ref: string, http: true | readonly string[]): Promise<string> {
  const collection = newCollection();
  await server.seedArtifacts({
    [collection]: { versions: [{ references: { page: { ref, digest: ref, size: 6 } } }] },
  });
  return mount(server, { references: { http } }).promises.readFile(`/${collection}/v0/page`, 'utf8');
}

describe('`http: true` is for hosts that anybody can reach', () => {
  test.each([
    '127.0.0.1',
    'localhost',
    'a.localhost',
    'LOCALHOST.',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '0.0.0.0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[fd00::1]',
    '[fe80::1]',
    '10.1.2.3',
    '172.31.255.1',
    '192.168.0.1',
    '169.254.169.254',
    '100.100.100.200',
    'metadata.google.internal',
    'printer.local',
    'intranet',
    '１２７.0.0.1',
  ])('%s is EACCES that says how to allow it', async (host) => {
    const error = await errorOf(read(`http://${host}:${port}/`, true));
    expect(error).toMatchObject({ code: 'EACCES' });
    expect(error.message).toMatch(/references: \{ http: \['.+'\] \}/);
    expect(requests).toEqual([]);
  });

  test.each(['8.8.8.8', '172.32.0.1', '1.1.1.1', '[2606:4700::1111]', '[64:ff9b::8.8.8.8]', 'example.com'])(
    '%s is one',
    (host) => expect(isPublicHost(new URL(`http://${host}/`).hostname)).toBe(true),
  );

  test('a name that has an inner address is refused when it is connected to', async () => {
    const outcome = await new Promise<unknown>((resolve) =>
      publicLookup('localhost', { all: true }, (error, addresses) => resolve(error ?? addresses)),
    );
    expect(outcome).toMatchObject({ code: 'ERR_WANDB_FS_NOT_PUBLIC' });
    expect(isPublicAddress('127.0.0.1')).toBe(false);
  });
});

describe('hosts that are named are read', () => {
  test('with their port, or with any', async () => {
    for (const host of [`127.0.0.1:${port}`, '127.0.0.1'])
      expect(await read(`http://127.0.0.1:${port}/`, [host])).toBe('inside');
    expect(await read(`http://localhost:${port}/`, ['*', 'localhost'])).toBe('inside');
  });

  test('however the reference spells them, and no others', async () => {
    expect(await read(`http://2130706433:${port}/`, ['127.0.0.1'])).toBe('inside');
    for (const named of [['other'], ['*'], [`127.0.0.1:${port + 1}`], []])
      expect(await errorOf(read(`http://127.0.0.1:${port}/`, named))).toMatchObject({ code: 'EACCES' });
    expect(requests).toHaveLength(1);
  });

  test.each(['http://localhost:{port}/', 'http://[::ffff:127.0.0.1]:{port}/', 'file:///etc/passwd'])(
    'they do not lead to %s by a redirect',
    async (target) => {
      const location = encodeURIComponent(target.replace('{port}', String(port)));
      const error = await errorOf(read(`http://127.0.0.1:${port}/to/${location}`, ['127.0.0.1', '*']));
      expect(error.code).toMatch(/EACCES|EPROTO/);
      expect(requests).toHaveLength(1);
    },
  );

  test('names that no URL has are refused at once', () => {
    for (const host of ['http://host', 'Host', 'host/path', '0x7f.1', '', 1])
      expect(() => createWandbArtifactFs({ references: { http: [host as string] } })).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
      );
  });
});
