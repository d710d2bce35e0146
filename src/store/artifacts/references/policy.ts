import type { ArtifactsConfig } from '../../../config/artifacts.js';
import type { ReferenceReader } from '../../../config/options.js';
import { isPublicHost } from '../../../wire/transport/public-addresses.js';
import { schemeOf } from './target.js';

/** How a reference is read. */
export type Access =
  /** `isNamed`: the user named the host, so it may be one of a private network. */
  | { readonly kind: 'web'; readonly isNamed: boolean }
  | { readonly kind: 'file'; readonly directory: string }
  | { readonly kind: 'function'; readonly scheme: string; readonly reader: ReferenceReader };

const isWeb = (scheme: string): boolean => scheme === 'http' || scheme === 'https';

/** Null: the user's options don't allow it. A manifest must not choose what is read from a user's disk or network. */
export function accessOf(uri: string, references: ArtifactsConfig['references']): Access | null {
  const scheme = schemeOf(uri);
  if (scheme === null || !Object.hasOwn(references, scheme)) return null;
  const reader = references[scheme];
  if (typeof reader === 'function') return { kind: 'function', scheme, reader };
  if (typeof reader === 'string') return scheme === 'file' ? { kind: 'file', directory: reader } : null;
  return isWeb(scheme) ? webAccess(uri, reader) : null;
}

/** What anybody wrote into a manifest leads to what anybody can reach, not into the network of who reads it. */
function webAccess(uri: string, hosts: true | readonly string[] | undefined): Access | null {
  if (hosts === undefined || !URL.canParse(uri)) return null;
  const { host, hostname } = new URL(uri);
  const isNamed = hosts !== true && (hosts.includes(host) || hosts.includes(hostname));
  const isPublic = (hosts === true || hosts.includes('*')) && isPublicHost(hostname);
  return isNamed || isPublic ? { kind: 'web', isNamed } : null;
}

/** One sentence that names the option; null where the reference can be read. */
export function refusalOf(uri: string, references: ArtifactsConfig['references']): string | null {
  if (accessOf(uri, references)) return null;
  const scheme = schemeOf(uri);
  if (scheme === null) return "The reference isn't a URI; nothing can read it.";
  if (scheme === 'wandb-artifact')
    return "The reference doesn't name a file of an artifact; nothing can read it.";
  const name = /^[a-z]\w*$/.test(scheme) ? scheme : `'${scheme}'`;
  const option =
    scheme === 'file'
      ? "{ file: '/directory' }"
      : isWeb(scheme)
        ? webOption(scheme, uri, references)
        : `{ ${name}: async (uri, range) => … }`;
  return `Reading \`${scheme}:\` references needs the option \`references: ${option}\`.`;
}

function webOption(scheme: string, uri: string, references: ArtifactsConfig['references']): string {
  const { host, hostname } = URL.canParse(uri) ? new URL(uri) : { host: '', hostname: '' };
  const isPublic = isPublicHost(hostname) && !Array.isArray(references[scheme]);
  return isPublic ? `{ ${scheme}: true }` : `{ ${scheme}: ['${host}'] }`;
}
