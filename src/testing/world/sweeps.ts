import { GraphQLError } from 'graphql';
import { load } from 'js-yaml';
import { readSent } from '../graphql/json.js';
import type { Agent, Sweep } from './records.js';

type Parameters = Readonly<Record<string, Parameter>>;

/** A parameter of a sweep's configuration. */
interface Parameter {
  readonly value?: unknown;
  readonly values?: readonly unknown[];
  readonly min?: number;
  readonly max?: number;
  readonly distribution?: string;
  readonly parameters?: Parameters;
}

export interface SweepConfig {
  readonly method: string;
  readonly name?: string;
  readonly metric?: { readonly name?: string; readonly goal?: string };
  readonly parameters: Parameters;
  readonly run_cap?: number;
}

/** Throws a GraphQLError for what no run could be made of. */
export function parseSweepConfig(text: string): SweepConfig {
  const config = readSent('the configuration of the sweep is not YAML', () => load(text) as SweepConfig);
  if (!config?.parameters) throw new GraphQLError('the configuration of the sweep has no parameters');
  if (config.method !== 'grid' && config.method !== 'random') {
    throw new GraphQLError(`the local server sweeps by 'grid' and 'random', not by '${config.method}'`);
  }
  // A parameter that nothing can be drawn of is told now, not to the agent.
  if (config.method === 'grid') gridSize(config.parameters);
  else draw(config.parameters, Math.random);
  return config;
}

/** How many runs the sweep has at most. */
export function expectedRuns({ method, parameters, run_cap: cap }: SweepConfig): number | null {
  const size = method === 'grid' ? gridSize(parameters) : Infinity;
  const most = Math.min(size, cap ?? Infinity);
  return most === Infinity ? null : most;
}

/** What an agent that has nothing to do is to do. */
export function nextCommand(sweep: Sweep, agent: Agent, newRunName: () => string): object | null {
  if (sweep.state === 'PAUSED') return null;
  const config = parseSweepConfig(sweep.config);
  if (sweep.given >= (expectedRuns(config) ?? Infinity)) sweep.state = 'FINISHED';
  if (sweep.state === 'FINISHED' || sweep.state === 'CANCELED') return { type: 'exit' };
  sweep.state = 'RUNNING';
  const index = sweep.given++;
  const values =
    config.method === 'grid' ? gridPoint(config.parameters, index) : draw(config.parameters, Math.random);
  const run_id = newRunName();
  agent.runNames.push(run_id);
  const args = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
  return { id: `${sweep.name}-${index}`, type: 'run', run_id, args };
}

const each = <Result>(parameters: Parameters, make: (parameter: Parameter, name: string) => Result) =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]): [string, Result] => [name, make(parameter, name)]),
  );

/** The values that a grid goes through. */
function choices(parameter: Parameter, name: string): readonly unknown[] {
  if (parameter.parameters) {
    const inner = parameter.parameters;
    return Array.from({ length: gridSize(inner) }, (_, index) => gridPoint(inner, index));
  }
  if (parameter.values?.length) return parameter.values;
  if ('value' in parameter) return [parameter.value];
  throw new GraphQLError(`a grid needs the values of the parameter '${name}'`);
}

const gridSize = (parameters: Parameters): number =>
  Object.entries(parameters).reduce((size, [name, one]) => size * choices(one, name).length, 1);

function gridPoint(parameters: Parameters, index: number): Record<string, unknown> {
  let rest = index;
  return each(parameters, (parameter, name) => {
    const values = choices(parameter, name);
    const value = values[rest % values.length];
    rest = Math.floor(rest / values.length);
    return value;
  });
}

function draw(parameters: Parameters, random: () => number): Record<string, unknown> {
  return each(parameters, (parameter, name) => {
    const { values, min, max, distribution } = parameter;
    if (parameter.parameters) return draw(parameter.parameters, random);
    if ('value' in parameter) return parameter.value;
    if (values?.length) return values[Math.floor(random() * values.length)];
    if (min === undefined || max === undefined)
      throw new GraphQLError(`the parameter '${name}' has neither values nor min and max`);
    const isWhole = Number.isInteger(min) && Number.isInteger(max);
    switch (distribution ?? (isWhole ? 'int_uniform' : 'uniform')) {
      case 'int_uniform':
        return min + Math.floor(random() * (max - min + 1));
      case 'uniform':
        return min + random() * (max - min);
      case 'log_uniform_values':
        return Math.exp(Math.log(min) + random() * (Math.log(max) - Math.log(min)));
      default:
        throw new GraphQLError(`the local server doesn't draw '${name}' by ${distribution}`);
    }
  });
}
