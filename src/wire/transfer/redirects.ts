import type { HttpResponse } from '../transport/transport.js';
import { notAgreed } from '../wire-failure.js';

const MOST_REDIRECTS = 5;
/** Statuses that lead elsewhere. */
export const FOLLOWED: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Sends a request again wherever the answer to it leads: the same one, with its body. Rejects with EPROTO where that leads
 * nowhere, in a circle, or out of encryption.
 *
 * @param first what was answered at `url`
 * @param send makes the request; `isOwn`: the address has the origin of the first, so what was meant for it may go along
 */
export async function following(
  first: HttpResponse,
  url: string,
  send: (address: string, isOwn: boolean) => Promise<HttpResponse>,
  {
    isUpload,
    mayDowngrade = false,
  }: {
    readonly isUpload: boolean;
    /** May it lead from https: to http:? @default false */
    readonly mayDowngrade?: boolean | undefined;
  },
): Promise<HttpResponse> {
  const { origin } = new URL(url);
  const seen = new Set<string>();
  let [address, response] = [url, first];
  for (;;) {
    const { status } = response;
    if (!FOLLOWED.has(status)) return response;
    await response.discard();
    const fail = (how: string): never => {
      const what = isUpload ? 'upload' : 'download';
      throw notAgreed(`${new URL(address).origin} redirects the ${what} ${how}.`, `HTTP ${status}`);
    };
    // What it leads to is no place for a content (RFC 9110, 15.4.4).
    if (isUpload && status === 303) fail('to a page, not to where it takes it');
    const { location } = response.headers;
    if (!location) fail('without saying where to');
    if (!URL.canParse(location ?? '', address)) fail("to what isn't an address");
    const next = new URL(location ?? '', address);
    next.hash = '';
    const { protocol, username, password } = next;
    if (!/^https?:$/.test(protocol) || username !== '' || password !== '')
      fail(`to ${protocol}//…, which isn't followed`);
    if (!mayDowngrade && protocol === 'http:' && address.startsWith('https:'))
      fail(`to ${next.origin}, without encryption`);
    seen.add(new URL(address).href);
    if (seen.has(next.href)) fail('in a circle');
    if (seen.size > MOST_REDIRECTS) fail(`more than ${MOST_REDIRECTS} times`);
    address = next.href;
    response = await send(address, next.origin === origin);
  }
}

/** Names of query parameters that sign a URL: S3, GCS, CloudFront, Azure. */
const SIGNATURES = ['x-amz-signature', 'x-goog-signature', 'signature', 'sig'];

/** A storage refuses requests that are authorised in two ways. */
export function isSigned(url: string): boolean {
  return [...new URL(url).searchParams.keys()].some((name) => SIGNATURES.includes(name.toLowerCase()));
}
