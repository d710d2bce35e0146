import type { Store } from '../../contract/store.js';
import type { WireDependencies } from '../../wire/api/api.js';
import type { Meter } from '../../wire/api/exchanges.js';
import { failureOf } from '../protocol.js';
import type { Owner, OwnerOptions } from './owner.js';
import { SHAPES, type StoreChoice } from './store-choice.js';

/** What an owner is made of besides its own files. */
const STORES = {
  runs: () => import('../../store/runs.js'),
  viewedRuns: () => import('../../store/viewed-runs.js'),
  artifacts: () => import('../../store/artifacts.js'),
};

/**
 * An owner that is loaded for its first message, with the one store that it is of. All that makes requests comes with it:
 * a program whose owner has a thread needs none of that in its own.
 *
 * @param dependencies what makes the requests, in place of an own agent: functions, which only this thread has
 */
export function createLateOwner(
  choice: StoreChoice,
  { meter, ...options }: Omit<OwnerOptions, 'store'> & { readonly meter: Omit<Meter, 'hear'> },
  dependencies: WireDependencies = {},
): Owner {
  const hear: Meter['hear'] = (request) => owner.onEvent({ type: 'request', request });
  const metered = { ...dependencies, meter: { ...meter, hear } };
  const load = async (): Promise<Owner> => {
    const { createOwner } = await import('./owner.js');
    const loaded = createOwner({ ...options, store: await createStore(choice, metered) });
    loaded.onEvent = (event) => owner.onEvent(event);
    return loaded;
  };
  let loading: Promise<Owner> | null = null;
  const owner: Owner = {
    shape: SHAPES[choice.kind],
    onEvent: () => {},
    handle: async (method, args, signal, tell) => {
      try {
        loading ??= load();
        return (await loading).handle(method, args, signal, tell);
      } catch (thrown) {
        return { ok: false, failure: failureOf(thrown) };
      }
    },
  };
  return owner;
}

/**
 * Loads the files of an owner that will be in this thread. To Node a file that can't be read once can't be imported ever
 * after, and by the first message a process may have used up its file descriptors.
 */
export function preloadOwner(kind: StoreChoice['kind']): void {
  // What can't be loaded the first message tells.
  void Promise.allSettled([import('./owner.js'), STORES[kind]()]);
}

async function createStore(choice: StoreChoice, dependencies: WireDependencies): Promise<Store> {
  const { config } = choice;
  if (choice.kind === 'artifacts')
    return (await STORES.artifacts()).createArtifactsStore(config, choice.artifacts, dependencies);
  return choice.kind === 'runs'
    ? (await STORES.runs()).createRunsStore(config, dependencies)
    : (await STORES.viewedRuns()).createViewedRunsStore(config, dependencies);
}
