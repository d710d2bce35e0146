import { createWandbArtifactFs, createWandbFs, type WandbFs, wandbArtifacts, wandbFs } from '../index.js';

const VARIABLE = 'WANDB_FS_MOUNTS';
const DEFAULT = '/wandb/runs=wandbfs:,/wandb/artifacts=wandbas:';

/** What a mount point shows: `wandbfs:` or `wandbas:`, and behind it the subtree that is its root. */
const MOUNT = /^(?<prefix>.+?)=(?<scheme>wandbfs|wandbas):(?:\/\/)?(?<root>.*)$/;

/**
 * The trees that the environment asks for, by their prefixes. A whole tree is the package's default instance, which is
 * configured at its first use; so is what is below a root, but when this is called.
 *
 * @throws TypeError that names the variable, for a text that can't be read
 */
export function mountsOfEnvironment(environment: NodeJS.ProcessEnv): Readonly<Record<string, WandbFs>> {
  const text = environment[VARIABLE]?.trim() || DEFAULT;
  const mounts: Record<string, WandbFs> = {};
  for (const part of text.split(',').map((each) => each.trim())) {
    const { prefix, scheme, root } = MOUNT.exec(part)?.groups ?? {};
    if (prefix === undefined || root === undefined) {
      throw new TypeError(
        `${VARIABLE} has '${part}', which must be <path>=wandbfs:[root] or <path>=wandbas:[root], such as ${DEFAULT}`,
      );
    }
    if (prefix in mounts) throw new TypeError(`${VARIABLE} mounts '${prefix}' twice.`);
    if (scheme === 'wandbas') mounts[prefix] = root === '' ? wandbArtifacts : createWandbArtifactFs({ root });
    else mounts[prefix] = root === '' ? wandbFs : createWandbFs({ root });
  }
  return mounts;
}
