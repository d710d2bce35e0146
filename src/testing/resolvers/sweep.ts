import { GraphQLError } from 'graphql';
import { dig, mongoFilter } from '../graphql/filters.js';
import { type PageArguments, slice } from '../server/connections.js';
import { HttpError } from '../server/http-error.js';
import type { Instance } from '../world/instance.js';
import { type Agent, agentId, type Project, type Run, type Sweep, sweepId } from '../world/records.js';
import { expectedRuns, nextCommand, parseSweepConfig, type SweepConfig } from '../world/sweeps.js';
import { idOf, type Maybe, type Mutation, projectToMake } from './input.js';
import type { NodeFields } from './node.js';
import { projectNode, type RunListArguments, sortedRuns } from './project.js';
import { dateTime } from './run.js';
import { userNode } from './viewer.js';

interface UpsertSweepInput extends Mutation {
  readonly id?: Maybe<string>;
  readonly config?: Maybe<string>;
  readonly controller?: Maybe<string>;
  readonly scheduler?: Maybe<string>;
  readonly description?: Maybe<string>;
  readonly displayName?: Maybe<string>;
  readonly state?: Maybe<string>;
  readonly entityName?: Maybe<string>;
  readonly projectName?: Maybe<string>;
}

interface CreateAgentInput extends Mutation {
  readonly entityName?: Maybe<string>;
  readonly projectName?: Maybe<string>;
  readonly sweep: string;
  readonly host: string;
}

const runsOf = ({ project, name }: Sweep): Run[] =>
  [...project.runs.values()].filter((run) => run.sweepName === name);

interface SweepListArguments extends PageArguments {
  readonly filters?: string | null;
}

export function sweepConnection(instance: Instance, project: Project, args: SweepListArguments) {
  const { filters, ...page } = args;
  const sweeps = [...project.sweeps.values()].filter(mongoFilter(filters, sweepValues));
  const toNode = (sweep: Sweep) => sweepNode(instance, sweep);
  return slice(sweeps, { toNode, mostRows: instance.settings.limits.page }, page);
}

function sweepValues(sweep: Sweep, key: string): readonly unknown[] {
  switch (key) {
    case 'name':
    case 'state':
    case 'description':
      return [sweep[key]];
    case 'displayName':
    case 'display_name':
      return [sweep.displayName];
    case 'createdAt':
    case 'created_at':
      return [new Date(sweep.createdAt).toISOString()];
  }
  throw new GraphQLError(`Sweeps have no '${key}' to filter by.`);
}

export function sweepNode(instance: Instance, sweep: Sweep): NodeFields {
  const config = parseSweepConfig(sweep.config);
  const toNode = (agent: Agent) => agentNode(instance, agent);
  return {
    __typename: 'Sweep',
    id: sweepId(sweep),
    name: sweep.name,
    displayName: sweep.displayName,
    description: sweep.description,
    state: sweep.state,
    config: sweep.config,
    method: config.method,
    controller: sweep.controller,
    scheduler: sweep.scheduler,
    createdAt: dateTime(sweep.createdAt),
    updatedAt: dateTime(sweep.updatedAt),
    heartbeatAt: dateTime(Math.max(sweep.createdAt, ...sweep.agents.map(({ heartbeatAt }) => heartbeatAt))),
    earlyStopJobRunning: false,
    bestLoss: () => bestLoss(sweep, config),
    runCount: () => runsOf(sweep).length,
    runCountExpected: expectedRuns(config),
    project: () => projectNode(instance, sweep.project),
    user: () => userNode(instance),
    runs: (args: RunListArguments) => sortedRuns(instance, runsOf(sweep), args),
    agents: () => slice(sweep.agents, { toNode, mostRows: Infinity }, {}),
    agent: ({ agentName }: { agentName: string }) => {
      const found = sweep.agents.find((agent) => agentId(agent) === agentName || nameOf(agent) === agentName);
      return found ? toNode(found) : null;
    },
  };
}

function bestLoss(sweep: Sweep, { metric }: SweepConfig): number | null {
  const path = metric?.name?.split('.');
  const losses = runsOf(sweep)
    .map((run) => (path ? dig(JSON.parse(run.summaryMetrics), path) : null))
    .filter((loss) => typeof loss === 'number');
  if (losses.length === 0) return null;
  return metric?.goal === 'maximize' ? Math.max(...losses) : Math.min(...losses);
}

const nameOf = ({ number }: Agent): string => `agent-${number}`;

function agentNode(instance: Instance, agent: Agent): NodeFields {
  const runs = (): Run[] => runsOf(agent.sweep).filter(({ name }) => agent.runNames.includes(name));
  return {
    __typename: 'Agent',
    id: agentId(agent),
    name: nameOf(agent),
    host: agent.host,
    state: agent.sweep.state,
    metrics: agent.metrics,
    createdAt: dateTime(agent.createdAt),
    heartbeatAt: dateTime(agent.heartbeatAt),
    totalRuns: () => runs().length,
    runs: (args: RunListArguments) => sortedRuns(instance, runs(), args),
    sweep: () => sweepNode(instance, agent.sweep),
  };
}

/** The root fields by which sweeps and their agents work. */
export function sweepMutations(instance: Instance) {
  const { world } = instance;

  const sweeps = (): Sweep[] => [...world.projects()].flatMap((project) => [...project.sweeps.values()]);

  const make = (input: UpsertSweepInput): Sweep => {
    const { name } = parseSweepConfig(input.config ?? '');
    const project = projectToMake(instance, input.entityName, input.projectName);
    const now = Date.now();
    const sweep: Sweep = {
      number: world.next(),
      project,
      name: world.randomRunName(),
      displayName: name ?? null,
      description: null,
      state: 'PENDING',
      config: input.config ?? '',
      controller: input.controller ?? null,
      scheduler: input.scheduler ?? null,
      createdAt: now,
      updatedAt: now,
      given: 0,
      agents: [],
    };
    project.sweeps.set(sweep.name, sweep);
    return sweep;
  };

  return {
    /** Makes a sweep or, with its id, changes what isn't null. */
    upsertSweep: ({ input }: { input: UpsertSweepInput }) => {
      const known = sweeps().find((sweep) => sweepId(sweep) === input.id);
      if (input.id && !known) throw new HttpError(404, `sweep ${input.id} not found`);
      if (typeof input.config === 'string') parseSweepConfig(input.config);
      const sweep = known ?? make(input);
      sweep.config = input.config ?? sweep.config;
      sweep.description = input.description ?? sweep.description;
      sweep.displayName = input.displayName ?? sweep.displayName;
      sweep.state = input.state ?? sweep.state;
      sweep.updatedAt = Date.now();
      return {
        ...idOf(input),
        sweep: sweepNode(instance, sweep),
        inserted: !known,
        configValidationWarnings: [],
      };
    },

    createAgent: ({ input }: { input: CreateAgentInput }) => {
      const sweep = world.project(input.entityName, input.projectName)?.sweeps.get(input.sweep);
      if (!sweep) throw new HttpError(404, `sweep ${input.sweep} not found`);
      const now = Date.now();
      const { host } = input;
      const number = world.next();
      const agent: Agent = {
        number,
        sweep,
        host,
        createdAt: now,
        heartbeatAt: now,
        metrics: '{}',
        runNames: [],
      };
      sweep.agents.push(agent);
      return { ...idOf(input), agent: agentNode(instance, agent) };
    },

    /** An agent that has no run under way gets one, as long as there are any. */
    agentHeartbeat: ({
      input,
    }: {
      input: Mutation & { id: string; metrics?: Maybe<string>; runState?: Maybe<string> };
    }) => {
      const agent = sweeps()
        .flatMap((sweep) => sweep.agents)
        .find((one) => agentId(one) === input.id);
      if (!agent) throw new HttpError(404, `agent ${input.id} not found`);
      agent.heartbeatAt = Date.now();
      agent.metrics = input.metrics ?? agent.metrics;
      const busy: Record<string, unknown> = JSON.parse(input.runState || '{}');
      const isBusy = Object.values(busy).some(Boolean);
      const command = isBusy ? null : nextCommand(agent.sweep, agent, () => world.randomRunName());
      return {
        ...idOf(input),
        agent: agentNode(instance, agent),
        commands: JSON.stringify(command ? [command] : []),
      };
    },
  };
}
