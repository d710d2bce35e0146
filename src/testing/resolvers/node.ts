/**
 * The fields of a node by name, as the executor takes them: values, or functions of the field's arguments. The schema
 * has circles, so their types aren't inferred one from the other.
 */
export type NodeFields = Readonly<Record<string, unknown>>;
