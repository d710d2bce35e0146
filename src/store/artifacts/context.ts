import type { ArtifactsConfig } from '../../config/artifacts.js';
import type { WireClient } from '../../wire/api/client.js';
import { StoreContext } from '../common/context.js';
import { Organizations } from './listing/organizations.js';

/** What the parts of the artifacts store share. */
export class ArtifactsContext extends StoreContext {
  readonly organizations: Organizations;

  constructor(
    client: WireClient,
    readonly artifacts: ArtifactsConfig,
  ) {
    super(client);
    this.organizations = new Organizations(this);
  }
}
