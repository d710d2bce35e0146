import { Refusal } from './refusal.js';

/** The names that a request's target is made of. Throws Refusal for what isn't a plain path. */
export function namesOf(target: string): readonly string[] {
  const [path = ''] = target.split('?', 1);
  if (!path.startsWith('/')) throw new Refusal(400, 'The target of a request must be a path.');
  return path
    .split('/')
    .filter((name) => name !== '')
    .map(decoded);
}

/** Decoded once: what is encoded twice is a name with percent signs. */
function decoded(segment: string): string {
  let name: string;
  try {
    name = decodeURIComponent(segment);
  } catch (cause) {
    if (cause instanceof URIError) throw new Refusal(400, 'A name of the path is not percent-encoded UTF-8.');
    throw cause;
  }
  if (name === '.' || name === '..' || /[\0/\\]/.test(name))
    throw new Refusal(400, "Names of the path can't be '.' or '..', nor hold NUL, slashes and backslashes.");
  return name;
}

/** Where it is served. Half of a surrogate pair has no encoding, and such a name no address that leads to it. */
export const addressOf = (names: readonly string[]): string =>
  `/${names.map((name) => encodeURIComponent(name.replace(/\p{Surrogate}/gu, '\ufffd'))).join('/')}`;

export const below = (root: string, names: readonly string[]): string =>
  [root.replace(/\/+$/, ''), ...names].join('/') || '/';

export const isWithin = (root: string, path: string): boolean =>
  path === root || path.startsWith(/[/\\]$/.test(root) ? root : `${root}${root.includes('\\') ? '\\' : '/'}`);
