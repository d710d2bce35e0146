import type { Command } from './command.js';

interface Registered {
  readonly name: string;
  readonly summary: string;
  /** The heading of the help that it stands below. */
  readonly group: string;
  // Each has options of its own, which its own declaration gives it.
  load(): Promise<Command<never>>;
}

const LOOK = 'Look:';
const SERVE = 'Serve, record, try:';

/** All commands, in the order of the help. */
export const COMMANDS: readonly Registered[] = [
  {
    name: 'ls',
    summary: 'list a directory',
    group: LOOK,
    load: async () => (await import('./commands/look/ls.js')).ls,
  },
  {
    name: 'fake-server',
    summary: 'run a local W&B server until it is interrupted',
    group: SERVE,
    load: async () => (await import('./commands/serve/fake-server.js')).fakeServer,
  },
  {
    name: 'record',
    summary: 'record runs and artifacts as a directory that fake-server and tests start from',
    group: SERVE,
    load: async () => (await import('./commands/serve/record.js')).record,
  },
  {
    name: 'demo',
    summary: 'list, read, write and union run files on a local server',
    group: SERVE,
    load: async () => (await import('./commands/serve/demo.js')).demo,
  },
];
