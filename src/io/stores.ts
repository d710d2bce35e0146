import type { Store } from '../store/contract.js';
import { createMemoryStore } from '../store/memory.js';
import { createRunsStore } from '../store/runs.js';
import type { StoreChoice } from './store-choice.js';

export const createStore = (choice: StoreChoice): Store =>
  choice.kind === 'runs' ? createRunsStore(choice.config) : createMemoryStore(choice.options);
