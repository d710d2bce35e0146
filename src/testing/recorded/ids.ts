import type { World } from '../world/world.js';

/**
 * The number of which an id was made, where it is one as this server makes them, as the service does for most: so the
 * node has the id that it had, which references between artifacts name. Null where it can't have it.
 */
export function numberOf(
  world: World,
  kind: string,
  id: string | null,
  isTaken: (number: number) => boolean,
): number | null {
  const [, of, digits] = /^(\w+):(\d{1,15})$/.exec(Buffer.from(id ?? '', 'base64').toString()) ?? [];
  const number = Number(digits);
  if (of !== kind || isTaken(number)) return null;
  world.beyond(number);
  return number;
}
