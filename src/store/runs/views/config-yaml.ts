import { dump } from 'js-yaml';

/**
 * A config as the official SDK writes it to `config.yaml`: in the order of the keys, each with its `value` below it.
 *
 * @param config as W&B keeps it: `{ lr: { value: 0.1 } }`
 */
export function configYaml(config: Readonly<Record<string, unknown>>): string {
  const sorted = Object.entries(config).sort(([one], [other]) => (one < other ? -1 : 1));
  return dump(Object.fromEntries(sorted), { indent: 4, lineWidth: -1, noRefs: true });
}
