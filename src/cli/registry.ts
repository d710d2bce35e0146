import type { Registered } from './command.js';

const LOOK = 'Look:';
const MOVE = 'Move:';
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
    name: 'cp',
    summary: 'copy files and directories, between runs, artifacts and this machine',
    group: MOVE,
    load: async () => (await import('./commands/move/cp.js')).cp,
  },
  {
    name: 'mv',
    summary: 'move them',
    group: MOVE,
    load: async () => (await import('./commands/move/mv.js')).mv,
  },
  {
    name: 'sync',
    summary: 'make one directory what another is',
    group: MOVE,
    load: async () => (await import('./commands/move/sync.js')).sync,
  },
  {
    name: 'get',
    summary: 'copy from W&B to this machine',
    group: MOVE,
    load: async () => (await import('./commands/move/get.js')).get,
  },
  {
    name: 'put',
    summary: 'copy from this machine to W&B',
    group: MOVE,
    load: async () => (await import('./commands/move/put.js')).put,
  },
  {
    name: 'rm',
    summary: 'remove files and directories',
    group: MOVE,
    load: async () => (await import('./commands/move/rm.js')).rm,
  },
  {
    name: 'mkdir',
    summary: 'make a project or a run',
    group: MOVE,
    load: async () => (await import('./commands/move/mkdir.js')).mkdir,
  },
  {
    name: 'commit',
    summary: 'make a version of an artifact of a directory',
    group: MOVE,
    load: async () => (await import('./commands/move/commit.js')).commit,
  },
  {
    name: 'alias',
    summary: 'set aliases of a version',
    group: MOVE,
    load: async () => (await import('./commands/move/alias.js')).alias,
  },
  {
    name: 'verify',
    summary: 'compare files here with those at W&B, by checksums',
    group: MOVE,
    load: async () => (await import('./commands/move/verify.js')).verify,
  },
  {
    name: 'journal',
    summary: 'list what waits to be sent, send it, or drop it',
    group: MOVE,
    load: async () => (await import('./commands/move/journal.js')).journal,
  },
  {
    name: 'cache',
    summary: 'tell how much of artifacts is cached here, and clean that',
    group: MOVE,
    load: async () => (await import('./commands/move/cache.js')).cache,
  },
  {
    name: 'serve',
    summary: 'serve a directory over HTTP or WebDAV, read-only',
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
