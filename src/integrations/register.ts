import { fileURLToPath } from 'node:url';
import { type MountsControl, mountAll, type WandbFs } from '../index.js';
import { copyOfNodeFs, nodeFs } from '../platform/disk.js';
import { addressOf, isInOwnThread } from '../threads/thread-file.js';
import { mountsOfEnvironment } from './mounts-variable.js';
import { patchNodeFs } from './patch.js';
import { isPreloaded } from './preload.js';

export interface RegisterOptions {
  /**
   * The trees by the paths at which the process sees them, as `mountAll()` takes them.
   *
   * @default what WANDB_FS_MOUNTS says, else run files at '/wandb/runs' and artifacts at '/wandb/artifacts'
   */
  readonly mounts?: Readonly<Record<string, WandbFs>> | undefined;
}

export interface Registration {
  /** What concerns all the trees: `flush()`, `close()`, `uploads`. */
  readonly wandb: MountsControl;
  /**
   * Gives the process its own `fs` back, exactly. The trees go on, uploads included; files that are still open in them
   * can't be used by their numbers any more. A second call does nothing.
   */
  unregister(): void;
}

/** Kept on `node:fs`, which all copies and realms of a thread share. */
const REGISTERED = Symbol.for('wandb-fs.registration');

/**
 * Mounts trees of W&B into the `fs` of this process: every call of `node:fs` and `node:fs/promises` sees them, by
 * `require`, by `import` of names, through streams and handles. All other paths are Node's as before.
 *
 * ```js
 * const { unregister } = register({ mounts: { '/wandb/runs': createWandbFs() } });
 * ```
 *
 * `node --import wandb-fs/register app.js` does it before the first line of `app.js`; `--require` does as well.
 *
 * @returns the registration; without `mounts` the one that stands, if one does
 * @throws Error with the code ERR_INVALID_STATE if `mounts` is given while a registration stands
 * @throws TypeError for mounts that can't be, as `mountAll()` does, or for a WANDB_FS_MOUNTS that can't be read
 */
export function register(options: RegisterOptions = {}): Registration {
  const standing: unknown = Reflect.get(nodeFs, REGISTERED);
  if (standing !== undefined) {
    if (options.mounts === undefined) return standing as Registration;
    const message =
      'Invalid state: wandb-fs is registered already; call unregister() of that registration first.';
    throw Object.assign(new Error(message), { code: 'ERR_INVALID_STATE' });
  }
  const mounts = options.mounts ?? mountsOfEnvironment(process.env);
  const mounted = mountAll(mounts, copyOfNodeFs());
  const undo = patchNodeFs(mounted, Object.keys(mounts));
  const registration: Registration = {
    wandb: mounted.wandb,
    unregister() {
      if (Reflect.get(nodeFs, REGISTERED) !== registration) return;
      Reflect.deleteProperty(nodeFs, REGISTERED);
      undo();
    },
  };
  Object.defineProperty(nodeFs, REGISTERED, { value: registration, configurable: true });
  return registration;
}

const address = addressOf(import.meta.url);
const twin = address.endsWith('.cjs') ? '../esm/integrations/register.js' : '../../cjs/register.cjs';
const twins = [fileURLToPath(address), fileURLToPath(new URL(twin, address))];

// The threads of this package work for the others: they have no use for what they serve.
if (!isInOwnThread() && isPreloaded(twins)) register();
