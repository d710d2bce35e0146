import { LRUCache } from 'lru-cache';
import type { Clock } from '../retry.js';
import { WireFailure } from '../wire-failure.js';

/** For as long a name that was seen isn't taken to be gone: servers in trouble answer null for all they can't find. */
export const SEEN_MS = 60_000;

const MOST_KEPT = 10_000;

/**
 * The entities and projects that the server has shown. Null is how it says that there is none, and how it answers when
 * something between it and its data fails; taken for the truth, that would empty a whole tree at once.
 */
export class Sightings {
  // A size of 1 each: `max` would set aside memory for all entries at once.
  private readonly seen = new LRUCache<string, number>({ maxSize: MOST_KEPT, sizeCalculation: () => 1 });

  constructor(private readonly clock: Clock) {}

  /**
   * Takes note of what an answer shows of what its variables name.
   *
   * @throws EIO, to be asked again, where it doesn't show what was seen a moment ago
   */
  check(variables: { readonly entity?: unknown; readonly project?: unknown }, data: object): void {
    const { entity, project } = variables;
    if (typeof entity !== 'string') return;
    const answer: { readonly entity?: unknown; readonly project?: unknown } = data;
    if (typeof project === 'string') this.look('project', `${entity}/${project}`, answer.project);
    this.look('entity', entity, answer.entity);
  }

  /** It was deleted here. */
  forgetProject(entity: string, project: string): void {
    this.seen.delete(`project ${entity}/${project}`);
  }

  private look(level: 'entity' | 'project', name: string, shown: unknown): void {
    const key = `${level} ${name}`;
    const now = this.clock.now();
    if (typeof shown === 'object' && shown !== null) {
      this.seen.set(key, now);
      return;
    }
    const at = this.seen.get(key);
    if (shown !== null || at === undefined || now - at >= SEEN_MS) return;
    throw new WireFailure(
      'EIO',
      `The server doesn't show the ${level} '${name}', which it showed ${Math.ceil((now - at) / 1000)} s ago. ` +
        `If it was deleted, it is ENOENT from ${SEEN_MS / 1000} s after that on.`,
      `no ${level} in the answer`,
      'empty',
    );
  }
}
