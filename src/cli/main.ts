#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { UsageError } from './usage-error.js';

const USAGE = `Usage: wandb-fs <command>

Commands:
  fake-server [--port N] [--host H] [--world DIR]
                 run a local W&B server until it is interrupted; DIR is a
                 recorded world, or holds <entity>/<project>/<run>/<file…>
  record PATH… [--to DIR] [--replace] [--include GLOB]… [--exclude GLOB]…
         [--max-file-bytes N] [--max-bytes N]
                 record runs and artifacts of W&B as a directory that
                 fake-server and tests start from. PATH is <entity>, followed
                 by /<project> and /<run>, or an address: wandbas://<entity>/
                 <project>/<type>/<collection>/<version>, a page of the app
  demo           list, read, write and union run files on such a server

Options:
  -h, --help     show this text
`;

async function main(argv: readonly string[]): Promise<void> {
  const [command, ...args] = argv;
  switch (command) {
    case 'fake-server': {
      const { runFakeServer } = await import('./fake-server.js');
      return runFakeServer(readServerOptions(args));
    }
    case 'record': {
      const { runRecord } = await import('./record.js');
      return runRecord(args);
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
  const { values } = parseArgs({
    args: [...args],
    options: { port: { type: 'string' }, host: { type: 'string' }, world: { type: 'string' } },
  });
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new UsageError(`--port must be a number from 0 to 65535; got '${values.port}'.`);
  }
  return { port, host: values.host, world: values.world };
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const { message = String(error), code = '' } = Object(error) as Partial<NodeJS.ErrnoException>;
  const isOfUsage = error instanceof UsageError || code.startsWith('ERR_PARSE_ARGS_');
  process.stderr.write(`wandb-fs: ${message}\n${isOfUsage ? `\n${USAGE}` : ''}`);
  process.exitCode = isOfUsage ? 2 : 1;
}
