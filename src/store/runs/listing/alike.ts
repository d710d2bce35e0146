import type { Alike } from '../../../contract/entry.js';
import { encodeName, type TreePath } from '../../../contract/tree-path.js';
import type { Signalled } from '../../../contract/uploads.js';
import { FindRunsByTitleDocument } from '../../../wire/generated.js';
import { withDeadline } from '../../../wire/retry.js';
import { ALIKE_MS, alikeInListing, NONE_ALIKE } from '../../common/levels/alike.js';
import { nodesOf } from '../../common/levels/nodes.js';
import type { RunsContext } from '../context.js';
import { placeOf, type RunName } from '../places.js';
import type { Listings } from './listings.js';

/** Display names aren't unique; more than these say nothing. */
const MOST_TITLED = 4;

/** What may have been meant by the name of a project or run that isn't there. */
export class AlikeRuns {
  constructor(
    private readonly context: RunsContext,
    private readonly listings: Listings,
  ) {}

  async alike(path: TreePath, { signal }: Signalled): Promise<Alike | null> {
    const { names, run } = placeOf(path);
    if (names.length < 2) return null;
    return withDeadline(ALIKE_MS, signal, async (bounded) =>
      run
        ? { ...NONE_ALIKE, titled: await this.titled(run, bounded) }
        : alikeInListing(path, (parent) => this.listings.list(parent, bounded)),
    );
  }

  /** The ids of runs that the app shows under a name. */
  private async titled({ entity, project, run }: RunName, signal: AbortSignal): Promise<readonly TreePath[]> {
    const variables = { entity, project, filters: JSON.stringify({ displayName: run }), first: MOST_TITLED };
    const answer = await this.context.client.run(FindRunsByTitleDocument, variables, { signal });
    const runs = nodesOf(answer.project?.runs);
    return runs.flatMap(({ name, displayName }) => (displayName === run ? encodeName(name) : []));
  }
}
