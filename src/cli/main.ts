#!/usr/bin/env node
import { parseArgs } from 'node:util';

const USAGE = `Usage: wandb-fs <command>

Commands:
  fake-server [--port N] [--host H] [--world DIR]
                 run a local W&B server until it is interrupted; DIR holds
                 <entity>/<project>/<run>/<file…> to start from
  demo           list, read, write and union run files on such a server

Options:
  -h, --help     show this text
`;

/** Told to the user without a stack: the fix is in the command line. */
class UsageError extends Error {}

async function main(argv: readonly string[]): Promise<void> {
  const [command, ...args] = argv;
  switch (command) {
    case 'fake-server': {
      const { runFakeServer } = await import('./fake-server.js');
      return runFakeServer(readServerOptions(args));
    }
    case 'demo': {
      const { runDemo } = await import('./demo.js');
      return runDemo();
    }
    case '-h':
    case '--help':
    case 'help':
      process.stdout.write(USAGE);
      return;
    case undefined:
      throw new UsageError('A command is missing.');
    default:
      throw new UsageError(`There is no command '${command}'.`);
  }
}

function readServerOptions(args: readonly string[]) {
  const { values } = parse(args);
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new UsageError(`--port must be a number from 0 to 65535; got '${values.port}'.`);
  }
  return { port, host: values.host, world: values.world };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { port: { type: 'string' }, host: { type: 'string' }, world: { type: 'string' } },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) process.stderr.write(`wandb-fs: ${error.message}\n\n${USAGE}`);
  else process.stderr.write(`wandb-fs: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
