import type { Store } from '../../contract/store.js';
import { createArtifactsStore } from '../../store/artifacts.js';
import { createMemoryStore } from '../../store/memory.js';
import { createRunsStore } from '../../store/runs.js';
import type { WireDependencies } from '../../wire/api/api.js';
import type { StoreChoice } from './store-choice.js';

/** @param dependencies what makes the requests, in place of an own agent: functions, which only this thread has */
export function createStore(choice: StoreChoice, dependencies: WireDependencies = {}): Store {
  if (choice.kind === 'runs') return createRunsStore(choice.config, dependencies);
  if (choice.kind === 'artifacts') return createArtifactsStore(choice.config, choice.artifacts, dependencies);
  return createMemoryStore(choice.options);
}
