import type { CommitOptions } from '../store/contract.js';
import { invalidArgumentType, invalidArgumentValue } from './refusals.js';
import { asBoolean, asObject } from './validate.js';

/** The options of `fs.wandb.commit`, checked as Node checks its own; what W&B itself refuses comes back as EINVAL. */
export function asCommitOptions(options: unknown): CommitOptions {
  if (options === undefined) return {};
  const given = asObject(options, 'options');
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(CHECKS, name)) {
      throw invalidArgumentValue(
        `options.${name}`,
        given[name],
        `is no option of commit; known are ${Object.keys(CHECKS).join(', ')}`,
      );
    }
  }
  const checked = Object.entries(CHECKS).flatMap(([name, check]) => {
    const value = given[name];
    if (value === undefined) return [];
    check(`options.${name}`, value);
    return [[name, value]];
  });
  return Object.fromEntries(checked) as CommitOptions;
}

type Check = (name: string, value: unknown) => void;

const text: Check = (name, value) => {
  if (typeof value !== 'string') throw invalidArgumentType(name, 'of type string', value);
};

const texts: Check = (name, value) => {
  if (!Array.isArray(value)) throw invalidArgumentType(name, 'an instance of Array', value);
  for (const [index, item] of value.entries()) text(`${name}[${index}]`, item);
};

const CHECKS: Readonly<Record<keyof CommitOptions, Check>> = {
  aliases: texts,
  description: text,
  metadata: (name, value) => {
    asObject(value, name);
  },
  tags: texts,
  ttl: (name, value) => {
    if (value === null) return;
    if (typeof value !== 'number') throw invalidArgumentType(name, 'of type number', value);
    if (!Number.isInteger(value) || value < 1) {
      throw invalidArgumentValue(name, value, 'must be a number of seconds from 1 up, or null for no end');
    }
  },
  incremental: (name, value) => {
    asBoolean(value, name);
  },
  runId: text,
  digestAlgorithm: (name, value) => {
    if (value !== 'MD5' && value !== 'XXH128') {
      throw invalidArgumentValue(name, value, "must be one of: 'MD5', 'XXH128'");
    }
  },
  distributedId: text,
  finish: (name, value) => {
    asBoolean(value, name);
  },
};
