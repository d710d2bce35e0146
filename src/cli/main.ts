#!/usr/bin/env node
import { runProgram } from './program.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const interruption = new AbortController();
// A second one ends the process at once.
const interrupt = (name: NodeJS.Signals): void => {
  unlisten();
  interruption.abort(name);
};
const unlisten = (): void => {
  for (const name of SIGNALS) process.off(name, interrupt);
};
for (const name of SIGNALS) process.on(name, interrupt);

const { stdout, stderr, env } = process;
const { signal } = interruption;
const status = await runProgram(process.argv.slice(2), { stdout, stderr, environment: env, signal });
unlisten();
// It ends by what it was sent, as whoever waits for it expects, a shell's loop for one.
if (signal.aborted && status > 128) process.kill(process.pid, signal.reason);
else process.exitCode = status;
