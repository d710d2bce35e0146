/**
 * The globals before memfs is imported. The `tslib` under it puts its helpers on the global object, too, where every
 * library that the process loads later would find them.
 */
const before = new Set(Object.keys(globalThis));

/** To be called when memfs has been imported. */
export function removeAddedGlobals(): void {
  for (const name of Object.keys(globalThis)) if (!before.has(name)) Reflect.deleteProperty(globalThis, name);
}
