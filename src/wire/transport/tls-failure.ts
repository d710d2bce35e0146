import { WireFailure } from '../wire-failure.js';
import type { AnyError, Party } from './network-failure.js';

/** Nothing that Node trusts vouches for the certificate. */
const UNTRUSTED: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'comes from a certificate authority that Node does not know (self-signed)',
  UNABLE_TO_GET_ISSUER_CERT: 'comes from a certificate authority that Node does not know',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'comes from a certificate authority that Node does not know',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'comes from a certificate authority that Node does not know, or without the certificates between them',
  CERT_UNTRUSTED: 'is not trusted',
};

/** Why there is no secure connection, and what helps; null: it isn't that. */
export function tlsFailure(
  causes: readonly AnyError[],
  codes: readonly string[],
  party: Party,
): WireFailure | null {
  const code = codes.find((each) => each in UNTRUSTED || /CERT|SIGNATURE|ERR_TLS|ERR_SSL|EPROTO/.test(each));
  if (code === undefined) return null;
  const name = party.name.replace(/^The /, 'the ');
  const detail = `No secure connection to ${name} can be made: ${reasonOf(code, causes, party)}`;
  return new WireFailure('EPROTO', detail, code, 'insecure');
}

function reasonOf(code: string, causes: readonly AnyError[], { setting, trustHint }: Party): string {
  const untrusted = UNTRUSTED[code];
  if (untrusted !== undefined) return `its certificate ${untrusted}. ${trustHint}`;
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return "its certificate has expired. It has to be renewed there; check this machine's clock, too.";
    case 'CERT_NOT_YET_VALID':
      return "its certificate isn't valid yet; check this machine's clock.";
    case 'CERT_REVOKED':
      return 'its certificate was revoked. It has to be renewed there.';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `its certificate is for another host (${namesOf(causes)}); check ${setting}.`;
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return `what answers there doesn't speak TLS; check ${setting}, which may have to begin with 'http:'.`;
    default:
      return `${code}; check ${setting}.`;
  }
}

/** The names that a certificate is for. */
function namesOf(causes: readonly AnyError[]): string {
  const names = causes.find(({ cert }) => cert?.subjectaltname !== undefined)?.cert?.subjectaltname;
  return names === undefined ? 'its names are unknown' : String(names).slice(0, 200);
}
