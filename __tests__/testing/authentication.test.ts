import { type FakeWandb, startFakeWandb } from '../../src/testing/index.js';
import { graphql, type Nodes, namesOf } from './client.js';

const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

describe('who may use the API', () => {
  let wandb: FakeWandb;
  beforeAll(async () => {
    wandb = await startFakeWandb({ viewer: { entity: 'home', teams: ['crew'] } });
    await wandb.seed({ 'lab/project/run': { 'a.txt': 'a' } });
  });
  afterAll(() => wandb.close());

  const viewerStatus = async (headers: Record<string, string>): Promise<number> => {
    const response = await fetch(`${wandb.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: '{ viewer { id } }' }),
    });
    await response.arrayBuffer();
    return response.status;
  };
  const basic = (credentials: string) => ({
    authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
  });

  test('the key is the password of the user "api"', async () => {
    expect(await viewerStatus(basic(`api:${wandb.apiKey}`))).toBe(200);
    expect(wandb.apiKey.length).toBeGreaterThanOrEqual(40);
  });

  test.each([
    ['no credentials', {}],
    ['a wrong key', basic(`api:${'x'.repeat(40)}`)],
    ['an unknown token', { authorization: 'Bearer nobody-gave-this-out' }],
  ])('%s is 401', async (_, headers) => {
    expect(await viewerStatus(headers)).toBe(401);
  });

  test('files and file streams ask for the key too', async () => {
    expect((await fetch(`${wandb.url}/files/lab/project/run/a.txt`, { redirect: 'manual' })).status).toBe(
      401,
    );
    expect((await fetch(`${wandb.url}/files/lab/project/run/file_stream`, { method: 'POST' })).status).toBe(
      401,
    );
  });

  test('an identity token is exchanged for an access token', async () => {
    const exchange = (assertion: string) =>
      fetch(`${wandb.url}/oidc/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: JWT_GRANT, assertion }),
      });
    const response = await exchange('header.payload.signature');
    expect(response.status).toBe(200);
    const token = (await response.json()) as { access_token: string; expires_in: number };
    expect(token.expires_in).toBe(3600);
    expect(await viewerStatus({ authorization: `Bearer ${token.access_token}` })).toBe(200);
    expect((await exchange('no token')).status).toBe(401);
  });

  test('the viewer has a default entity and teams; seeded entities are teams', async () => {
    const { data } = await graphql<{
      viewer: { entity: string; flags: string; teams: Nodes<{ name: string }> };
    }>(wandb, '{ viewer { entity flags teams { edges { node { name } } } } }');
    expect(data.viewer.entity).toBe('home');
    expect(JSON.parse(data.viewer.flags)).toEqual({ code_saving_enabled: true });
    expect(namesOf(data.viewer.teams)).toEqual(['home', 'crew', 'lab']);
  });

  test('telemetry is turned away with 404 and needs no key', async () => {
    expect((await fetch(`${wandb.url}/sdk/otel/v1/metrics`, { method: 'POST' })).status).toBe(404);
  });
});
