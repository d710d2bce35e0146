type Values = Readonly<Record<string, string | undefined>>;

/** What each that is in force found, the last one last: they needn't end in the opposite order. */
const inForce: { before: Values }[] = [];

/**
 * Sets variables of the environment. Several that set the same ones may be in force: the last one counts.
 *
 * @returns gives them back what they were, to whoever has set them since
 */
export function setVariables(variables: Readonly<Record<string, string>>): () => void {
  const own = { before: Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]])) };
  inForce.push(own);
  Object.assign(process.env, variables);
  return () => {
    const index = inForce.indexOf(own);
    inForce.splice(index, 1);
    const later = inForce[index];
    if (later) later.before = { ...later.before, ...own.before };
    else putBack(own.before);
  };
}

function putBack(values: Values): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
