import type { Surroundings } from './surroundings.js';

/** Variables that name certificates for other programs: OpenSSL and Go, Python's requests, curl. */
const OF_OTHERS = ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'];

/**
 * What to do about a certificate that Node doesn't trust, for the settings as they are: which of them Node reads, and
 * which of them it doesn't although another program would.
 */
export function trustHint(
  around: Surroundings,
  node: { readonly execArgv: readonly string[]; readonly knownFlags: ReadonlySet<string> } = {
    execArgv: process.execArgv,
    knownFlags: process.allowedNodeEnvironmentFlags,
  },
): string {
  const flags = [...node.execArgv, ...(around.variable('NODE_OPTIONS') ?? '').split(/\s+/)];
  const extra = around.variable('NODE_EXTRA_CA_CERTS');
  const unread = flags.includes('--use-openssl-ca')
    ? undefined
    : OF_OTHERS.find((name) => around.variable(name) !== null);
  const fix =
    extra === null
      ? 'set NODE_EXTRA_CA_CERTS to a PEM file with the certificate that signed it before Node starts'
      : `add the certificate that signed it to ${extra}, which NODE_EXTRA_CA_CERTS names and Node reads when it starts`;
  const system = node.knownFlags.has('--use-system-ca')
    ? ', or start Node with --use-system-ca if this machine trusts it'
    : '';
  return `If you trust it, ${fix}${system}.${unread === undefined ? '' : unreadHint(unread, extra)}`;
}

function unreadHint(name: string, extra: string | null): string {
  const isOpenssl = name.startsWith('SSL_');
  const says = isOpenssl ? `Node reads ${name} only with --use-openssl-ca` : `Node doesn't read ${name}`;
  if (extra !== null || name === 'SSL_CERT_DIR') return ` (${says}.)`;
  return ` (${says}: give NODE_EXTRA_CA_CERTS the same value.)`;
}
