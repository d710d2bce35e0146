import { GraphQLError } from 'graphql';
import { dig, mongoFilter } from '../graphql/filters.js';
import { type PageArguments, slice } from '../server/connections.js';
import type { Instance } from '../world/instance.js';
import { type Agent, agentId, type Project, type Run, type Sweep, sweepId } from '../world/records.js';
import { expectedRuns, parseSweepConfig, type SweepConfig } from '../world/sweeps.js';
import { dateTime, type NodeFields } from './node.js';
import { type RunListArguments, sortedRuns } from './run.js';

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
    project: () => instance.nodes.project(sweep.project),
    user: () => instance.nodes.user(),
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

export function agentNode(instance: Instance, agent: Agent): NodeFields {
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
