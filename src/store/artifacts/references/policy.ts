import type { ArtifactsConfig } from '../../../config/artifacts.js';
import type { ReferenceReader } from '../../../config/options.js';
import { schemeOf } from './uri.js';

/** How a reference is read. */
export type Access =
  | { readonly kind: 'web' }
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
  return reader === true && isWeb(scheme) ? { kind: 'web' } : null;
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
        ? `{ ${scheme}: true }`
        : `{ ${name}: async (uri, range) => … }`;
  return `Reading \`${scheme}:\` references needs the option \`references: ${option}\`.`;
}
