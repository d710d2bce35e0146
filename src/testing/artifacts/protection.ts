import type { Settings } from '../options.js';
import { HttpError } from '../server/http-error.js';
import type { Collection } from './records.js';

const REGISTRY = /^wandb-registry-/;

/** Aliases in registries that only its administrators may set and remove; the viewer is none. */
export class Protection {
  constructor(private readonly settings: Settings) {}

  /** Throws as the service refuses what the key's owner isn't allowed. */
  check({ project, name }: Collection, aliases: Iterable<string>): void {
    if (!REGISTRY.test(project.name)) return;
    const owner = this.settings.organizations.find(({ entity }) => entity === project.entity.name);
    for (const alias of aliases) {
      if (owner?.protectedAliases.includes(alias)) {
        throw new HttpError(403, `permission denied: ${alias} is a protected alias of ${name}`);
      }
    }
  }
}
