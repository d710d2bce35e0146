import { LRUCache } from 'lru-cache';
import type { TreePath } from '../../contract/tree-path.js';
import { StoreContext } from '../common/context.js';

const MOST_RUNS = 10_000;

/** What the parts of the runs store share: beside the wire, the projects' numbers. */
export class RunsContext extends StoreContext {
  // A size of 1 each: `max` would set aside memory for all entries at once.
  private readonly numbers = new LRUCache<TreePath, number>({ maxSize: MOST_RUNS, sizeCalculation: () => 1 });

  /** The number of a run's project, which `deleteFiles` takes; null if it isn't known. */
  projectNumber(unit: TreePath): number | null {
    return this.numbers.get(unit) ?? null;
  }

  /** @param projectId an integer as text; nothing is kept of a server's that has others */
  learnProject(unit: TreePath, projectId: string): void {
    const number = Number.parseInt(projectId, 10);
    if (!Number.isNaN(number)) this.numbers.set(unit, number);
  }
}
