import { dig } from '../graphql/json.js';
import { SWEEPS } from '../graphql/tables.js';
import { type ListArguments, WHOLE } from '../server/connections.js';
import type { Instance } from '../world/instance.js';
import { type Agent, agentId, type Project, type Run, type Sweep, sweepId } from '../world/records.js';
import { expectedRuns, parseSweepConfig, type SweepConfig } from '../world/sweeps.js';
import { dateTime, type NodeFields } from './node.js';
import { sortedRuns } from './run.js';

const runsOf = ({ project, name }: Sweep): Run[] =>
  [...project.runs.values()].filter((run) => run.sweepName === name);

export function sweepConnection(instance: Instance, project: Project, args: ListArguments) {
  const sweeps = [...project.sweeps.values()].filter(SWEEPS.filter(args.filters));
  return instance.pages.slice(sweeps, (sweep) => sweepNode(instance, sweep), args);
}

export function sweepNode(instance: Instance, sweep: Sweep): NodeFields {
  const config = parseSweepConfig(sweep.config);
  const toNode = (agent: Agent) => agentNode(instance, agent);
  return {
    ...sweep,
    id: sweepId(sweep),
    method: config.method,
    createdAt: dateTime(sweep.createdAt),
    updatedAt: dateTime(sweep.updatedAt),
    heartbeatAt: dateTime(Math.max(sweep.createdAt, ...sweep.agents.map(({ heartbeatAt }) => heartbeatAt))),
    earlyStopJobRunning: false,
    bestLoss: () => bestLoss(sweep, config),
    runCount: () => runsOf(sweep).length,
    runCountExpected: expectedRuns(config),
    project: () => instance.nodes.project(sweep.project),
    user: () => instance.nodes.user(),
    runs: (args: ListArguments) => sortedRuns(instance, runsOf(sweep), args),
    agents: () => WHOLE.slice(sweep.agents, toNode, {}),
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
    ...agent,
    id: agentId(agent),
    name: nameOf(agent),
    state: agent.sweep.state,
    createdAt: dateTime(agent.createdAt),
    heartbeatAt: dateTime(agent.heartbeatAt),
    totalRuns: () => runs().length,
    runs: (args: ListArguments) => sortedRuns(instance, runs(), args),
    sweep: () => sweepNode(instance, agent.sweep),
  };
}
