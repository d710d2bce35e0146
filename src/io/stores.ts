import type { Store } from '../store/contract.js';
import { createMemoryStore } from '../store/memory.js';
import { createRunsStore } from '../store/runs.js';
import type { StoreChoice } from './store-choice.js';

const factories: {
  readonly [K in StoreChoice['kind']]: (choice: Extract<StoreChoice, { kind: K }>) => Store;
} = {
  runs: ({ config }) => createRunsStore(config),
  memory: ({ options }) => createMemoryStore(options),
};

export function createStore(choice: StoreChoice): Store {
  const factory: (choice: never) => Store = factories[choice.kind];
  return factory(choice as never);
}
