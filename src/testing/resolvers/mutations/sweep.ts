import { found } from '../../server/http.js';
import type { Instance } from '../../world/instance.js';
import { type Agent, agentId, type Sweep, sweepId } from '../../world/records.js';
import { nextCommand, parseSweepConfig } from '../../world/sweeps.js';
import { agentNode, sweepNode } from '../sweep.js';
import { type Maybe, projectToMake, takeOver } from './input.js';

interface UpsertSweepInput {
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

interface CreateAgentInput {
  readonly entityName?: Maybe<string>;
  readonly projectName?: Maybe<string>;
  readonly sweep: string;
  readonly host: string;
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
    /** Makes a sweep or, with its id, changes one. */
    upsertSweep: (input: UpsertSweepInput) => {
      const known = sweeps().find((sweep) => sweepId(sweep) === input.id);
      if (input.id) found(known, `sweep ${input.id}`);
      if (typeof input.config === 'string') parseSweepConfig(input.config);
      const sweep = known ?? make(input);
      takeOver(sweep, input, ['config', 'description', 'displayName', 'state']);
      sweep.updatedAt = Date.now();
      return { sweep: sweepNode(instance, sweep), inserted: !known, configValidationWarnings: [] };
    },

    createAgent: (input: CreateAgentInput) => {
      const project = world.project(input.entityName, input.projectName);
      const sweep = found(project?.sweeps.get(input.sweep), `sweep ${input.sweep}`);
      const now = Date.now();
      const agent: Agent = {
        number: world.next(),
        sweep,
        host: input.host,
        createdAt: now,
        heartbeatAt: now,
        metrics: '{}',
        runNames: [],
      };
      sweep.agents.push(agent);
      return { agent: agentNode(instance, agent) };
    },

    /** An agent that has no run under way gets one, as long as there are any. */
    agentHeartbeat: (input: { id: string; metrics?: Maybe<string>; runState?: Maybe<string> }) => {
      const agents = sweeps().flatMap((sweep) => sweep.agents);
      const agent = found(
        agents.find((one) => agentId(one) === input.id),
        `agent ${input.id}`,
      );
      agent.heartbeatAt = Date.now();
      takeOver(agent, input, ['metrics']);
      const busy: Record<string, unknown> = JSON.parse(input.runState || '{}');
      const isBusy = Object.values(busy).some(Boolean);
      const command = isBusy ? null : nextCommand(agent.sweep, agent, () => world.randomRunName());
      return { agent: agentNode(instance, agent), commands: JSON.stringify(command ? [command] : []) };
    },
  };
}
