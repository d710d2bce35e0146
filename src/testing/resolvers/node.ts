/**
 * The fields of a node by name, as the executor takes them: values, or functions of the field's arguments. A record that
 * is spread gives those that have its own names, and what is left out is null. The schema has circles, so the types of
 * nodes aren't inferred one from the other.
 */
export type NodeFields = Readonly<Record<string, unknown>>;

/** The service tells times to the second. */
export const dateTime = (ms: number | null): string | null =>
  ms === null ? null : `${new Date(ms).toISOString().slice(0, 19)}Z`;
