import { ViewerDocument } from '../../src/wire/generated.js';
import { json, serve } from './helpers/http-server.js';
import { connect, failureOf } from './helpers/wire.js';

const detailOf = async (location: string | undefined, base = ''): Promise<string | null> => {
  const api = await serve((_, response) => response.writeHead(301, location ? { location } : {}).end());
  const failure = await failureOf(connect(api.url + base).run(ViewerDocument, {}));
  expect(failure.code).toBe('EPROTO');
  expect(api.received).toHaveLength(1);
  return failure.detail;
};

describe('an API that redirects', () => {
  test('from http to https is told with what `baseUrl` should be', async () => {
    expect(await detailOf('https://wandb.test/graphql')).toContain('`baseUrl` should be https://wandb.test.');
  });

  test('below a path', async () => {
    expect(await detailOf('https://wandb.test/api/graphql', '/api')).toContain(
      '`baseUrl` should be https://wandb.test/api.',
    );
  });

  test('to a page to sign in at is not taken for the API', async () => {
    const detail = await detailOf('https://sso.test/login?next=secret');
    expect(detail).toContain("https://sso.test/login, which isn't the API");
    expect(detail).not.toContain('secret');
  });

  test('without saying where to', async () => {
    expect(await detailOf(undefined)).toContain("doesn't say to which one");
  });

  test('is not followed with the key', async () => {
    const other = await serve((_, response) => json(response, {}));
    expect(await detailOf(`${other.url}/graphql`)).toContain(`should be ${other.url}.`);
    expect(other.received).toEqual([]);
  });
});
