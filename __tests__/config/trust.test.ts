import { Surroundings } from '../../src/config/environment/surroundings.js';
import { trustHint } from '../../src/config/environment/trust.js';

const hint = (env: NodeJS.ProcessEnv, execArgv: readonly string[] = [], knownFlags: readonly string[] = []) =>
  trustHint(new Surroundings({ HOME: '/nonexistent', ...env }, '/nonexistent', () => {}), {
    execArgv,
    knownFlags: new Set(knownFlags),
  });

describe('of a certificate that Node does not trust is said', () => {
  test('how Node is told to', () => {
    expect(hint({})).toBe(
      'If you trust it, set NODE_EXTRA_CA_CERTS to a PEM file with the certificate that signed it before Node starts.',
    );
  });

  test('that NODE_EXTRA_CA_CERTS is set, and to what', () => {
    expect(hint({ NODE_EXTRA_CA_CERTS: '/ca.pem' })).toContain('to /ca.pem, which NODE_EXTRA_CA_CERTS names');
  });

  test('that Node can take the certificates of the system, where it can', () => {
    expect(hint({}, [], ['--use-system-ca'])).toContain('start Node with --use-system-ca');
  });

  test.each(['REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'])(
    "that %s isn't read, which other programs read",
    (name) => {
      expect(hint({ [name]: '/ca.pem' })).toContain(
        `(Node doesn't read ${name}: give NODE_EXTRA_CA_CERTS the same value.)`,
      );
    },
  );

  test.each(['SSL_CERT_FILE', 'SSL_CERT_DIR'])('that %s is only read with a flag', (name) => {
    expect(hint({ [name]: '/certs' })).toContain(`Node reads ${name} only with --use-openssl-ca`);
    expect(hint({ [name]: '/certs' }, ['--use-openssl-ca'])).not.toContain(name);
    expect(hint({ [name]: '/certs', NODE_OPTIONS: '--x --use-openssl-ca' })).not.toContain(name);
  });
});
