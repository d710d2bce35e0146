import { LRUCache } from 'lru-cache';

/** How many things the tables hold that are to be reached from an object, by the names of the members that lead there. */
export function sizesIn(root: object, without: readonly string[]): Readonly<Record<string, number>> {
  const sizes: Record<string, number> = {};
  const seen = new Set<unknown>();
  const queue: { readonly value: unknown; readonly path: string }[] = [{ value: root, path: '' }];
  for (let next = queue.pop(); next; next = queue.pop()) {
    const { value, path } = next;
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) continue;
    seen.add(value);
    const isTable = value instanceof Map || value instanceof Set || value instanceof LRUCache;
    if (isTable) {
      sizes[path] = (sizes[path] ?? 0) + value.size;
      // Where one member leads to many, they are counted together.
      for (const item of value.values()) queue.push({ value: item, path: `${path}[]` });
    }
    if (Array.isArray(value)) sizes[path] = (sizes[path] ?? 0) + value.length;
    for (const [key, member] of Object.entries(value))
      if (!without.includes(key))
        queue.push({ value: member, path: Array.isArray(value) ? `${path}[]` : `${path}.${key}` });
  }
  return sizes;
}
