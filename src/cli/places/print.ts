import { type Place, type Reading, type RemotePlace, SCHEMES } from './place.js';
import { saysLocal } from './read.js';

/** How a place is written so that `readPlace` reads it as that place again. */
export function printPlace(place: Pick<Place, 'kind' | 'path'>, { tree }: Pick<Reading, 'tree'>): string {
  const { kind, path } = place;
  if (kind !== 'local') return addressOf(kind, path);
  // What a short form or an address would be read from says that it is local.
  return saysLocal(path) || (tree === null && !path.includes(':')) ? path : `./${path}`;
}

/** Such as 'wandbfs://entity/project/run'. */
export const addressOf = (tree: RemotePlace['kind'], path: string): string =>
  `${SCHEMES[tree]}://${path.replace(/^\/+/, '')}`;
