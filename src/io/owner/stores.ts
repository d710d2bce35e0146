import type { Store } from '../../contract/store.js';
import { createArtifactsStore } from '../../store/artifacts.js';
import { createMemoryStore } from '../../store/memory.js';
import { createRunsStore } from '../../store/runs.js';
import type { StoreChoice } from './store-choice.js';

export function createStore(choice: StoreChoice): Store {
  if (choice.kind === 'runs') return createRunsStore(choice.config);
  if (choice.kind === 'artifacts') return createArtifactsStore(choice.config, choice.artifacts);
  return createMemoryStore(choice.options);
}
