import type { WritingContext } from './context.js';

const REGISTRY = 'wandb-registry-';

export const isRegistry = (project: string): boolean => project.startsWith(REGISTRY);

/** The same name with the entity that the server knows: registries are found under two. */
export async function resolved<T extends { readonly entity: string; readonly project: string }>(
  { store }: WritingContext,
  name: T,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (!isRegistry(name.project)) return name;
  return { ...name, entity: await store.organizations.resolve(name.entity, signal) };
}
