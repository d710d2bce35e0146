import { ViewerDocument } from '../../src/wire/generated.js';
import { type Certificate, startTlsServer } from '../helpers/network.js';
import { json, serve } from './helpers/http-server.js';
import { connect, failureOf, fakeClock, KEY } from './helpers/wire.js';

const WITH_AUTHORITY = ['expired', 'other-host', 'server'] as const;

/** The address of a server with that certificate. */
async function secured(certificate: Certificate): Promise<string> {
  const { url } = await serve((_, response) => json(response, { data: { viewer: { id: 'me' } } }));
  const [port] = await startTlsServer([url], certificate);
  return `https://localhost:${port}`;
}

const ask = (url: string, env: NodeJS.ProcessEnv = {}) =>
  connect(url, { clock: fakeClock() }, { apiKey: KEY }, env).run(ViewerDocument, {});

test('a self-signed certificate is EPROTO, at once, and the message names the setting', async () => {
  const url = await secured('self-signed');
  const failure = await failureOf(ask(url));
  expect(failure).toMatchObject({ code: 'EPROTO', cause: 'DEPTH_ZERO_SELF_SIGNED_CERT', fault: 'insecure' });
  expect(failure.detail).toContain(
    `No secure connection to ${url} can be made: its certificate is self-signed.`,
  );
  expect(failure.detail).toContain('set NODE_EXTRA_CA_CERTS');
});

test('a certificate of an authority that nobody knows is EPROTO; other programs may know it', async () => {
  const failure = await failureOf(ask(await secured('server'), { REQUESTS_CA_BUNDLE: '/ca.pem' }));
  expect(failure).toMatchObject({ code: 'EPROTO', cause: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  expect(failure.detail).toContain('a certificate authority that Node does not know');
  expect(failure.detail).toContain("Node doesn't read REQUESTS_CA_BUNDLE");
});

test('a server that speaks no TLS is EPROTO', async () => {
  const { url } = await serve((_, response) => json(response, {}));
  const failure = await failureOf(ask(url.replace('http:', 'https:')));
  expect(failure).toMatchObject({ code: 'EPROTO', cause: 'ERR_SSL_WRONG_VERSION_NUMBER' });
  expect(failure.detail).toContain("doesn't speak TLS; check `baseUrl`");
});

test.each(WITH_AUTHORITY)('the certificate %s is taken where nothing is verified', async (certificate) => {
  const url = await secured(certificate);
  expect(await ask(url, { WANDB_INSECURE_DISABLE_SSL: 'true' })).toMatchObject({ viewer: { id: 'me' } });
});
