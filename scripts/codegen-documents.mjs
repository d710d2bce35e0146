import { Kind, print, visit } from 'graphql';

/**
 * A plugin for graphql-codegen that makes a constant of each operation: its text, with the fragments that it uses, and its
 * types. As trees, which the plugin of others makes of them, they were a quarter of what each I/O thread loads.
 */
export function plugin(_schema, files) {
  const definitions = files.flatMap(({ document }) => document.definitions);
  const fragments = new Map(
    definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).map((one) => [one.name.value, one]),
  );
  const operations = definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  return {
    prepend: ["import type { Document } from './api/graphql.js';"],
    content: operations.map((operation) => constantOf(operation, fragments)).join('\n'),
  };
}

function constantOf(operation, fragments) {
  const used = new Set([operation]);
  // A set is walked to its end while it grows.
  for (const definition of used)
    visit(definition, { FragmentSpread: ({ name }) => void used.add(fragments.get(name.value)) });
  const [{ value: name }, kind] = [operation.name, operation.operation];
  const type = `${name}${kind[0].toUpperCase()}${kind.slice(1)}`;
  const text = [...used].map(print).join('\n\n');
  return `export const ${name}Document = \`${text}\` as Document<${type}, ${type}Variables>;`;
}
