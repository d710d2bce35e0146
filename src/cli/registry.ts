import type { Registered } from './command.js';

const LOOK = 'Look:';
const ABOUT = 'About:';
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
    name: 'tree',
    summary: 'show a directory and all below it as a tree',
    group: LOOK,
    load: async () => (await import('./commands/look/tree.js')).tree,
  },
  {
    name: 'stat',
    summary: 'tell size, times and mode of a path',
    group: LOOK,
    load: async () => (await import('./commands/look/stat.js')).stat,
  },
  {
    name: 'cat',
    summary: 'print files, or ranges of them',
    group: LOOK,
    load: async () => (await import('./commands/look/cat.js')).cat,
  },
  {
    name: 'head',
    summary: 'print the beginning of files',
    group: LOOK,
    load: async () => (await import('./commands/look/head.js')).head,
  },
  {
    name: 'tail',
    summary: 'print the end of files; follow what a run prints',
    group: LOOK,
    load: async () => (await import('./commands/look/tail.js')).tail,
  },
  {
    name: 'find',
    summary: 'find files by name, size and time, and runs by what W&B knows of them',
    group: LOOK,
    load: async () => (await import('./commands/look/find.js')).find,
  },
  {
    name: 'du',
    summary: 'add up sizes',
    group: LOOK,
    load: async () => (await import('./commands/look/du.js')).du,
  },
  {
    name: 'info',
    summary: 'tell what W&B knows of a path',
    group: LOOK,
    load: async () => (await import('./commands/look/info.js')).info,
  },
  {
    name: 'url',
    summary: 'print a signed address of a file, or its page in the W&B app',
    group: LOOK,
    load: async () => (await import('./commands/look/url.js')).url,
  },
  {
    name: 'serve',
    summary: 'serve a directory over HTTP, read-only',
    group: SERVE,
    load: async () => (await import('./commands/serve/serve.js')).serve,
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
  {
    name: 'doctor',
    summary: 'tell where settings come from, and whether the server is reached',
    group: ABOUT,
    load: async () => (await import('./commands/about/doctor.js')).doctor,
  },
  {
    name: 'completion',
    summary: 'print what a shell reads to complete commands and options',
    group: ABOUT,
    load: async () => (await import('./commands/about/completion.js')).completion,
  },
];
