import { CommanderError, Command as Declaration } from 'commander';
import { VERSION } from '../config/config.js';
import type { Command, CommonOptions } from './command.js';
import { EXIT } from './exit-status.js';
import { habitOf } from './habits.js';
import type { Output } from './output/output.js';
import { COMMANDS } from './registry.js';

/** What a command line asks for: a command to run, or a text to print, such as help. */
export type Asked =
  | {
      readonly name: string;
      readonly command: Command<object>;
      readonly operands: readonly string[];
      readonly options: CommonOptions;
    }
  | { readonly out: string; readonly err: string; readonly status: number };

/** Help is no wider than can be read. */
const MOST_COLUMNS = 100;

const PLACES = `
Paths:
  wandbfs://<entity>/<project>/<run>/<file>       a file of a run
  wandbas://<entity>/<project>/<type>/<collection>/<version>/<file>
                                                  a file of an artifact
  https://wandb.ai/…                              a page of the W&B app
  <entity>/<project>/<collection>:<alias>/<file>  an artifact, as the SDK writes it
  <run>/<file>, <type>/<collection>/<version>     with --runs or --artifacts, below
                                                  WANDB_ENTITY and WANDB_PROJECT
  anything else                                   on this machine; './…' always is`;

export async function parse(
  argv: readonly string[],
  { out, err }: { readonly out: Output; readonly err: Output },
): Promise<Asked> {
  const printed = { out: '', err: '' };
  let asked: Asked | null = null;
  const program = new Declaration('wandb-fs');
  program
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        printed.out += text;
      },
      writeErr: (text) => {
        printed.err += text;
      },
      outputError: (text, write) => write(told(text, program)),
      getOutHelpWidth: () => Math.min(out.columns, MOST_COLUMNS),
      getErrHelpWidth: () => Math.min(err.columns, MOST_COLUMNS),
      getOutHasColors: () => out.hasColors,
      getErrHasColors: () => err.hasColors,
    })
    .configureHelp({ showGlobalOptions: true })
    .description('Run files and artifacts of Weights & Biases, as files.')
    .usage('<command> [options]')
    .version(VERSION, '-V, --version', 'print the version')
    .option('--runs', 'paths that say no more are of run files')
    .option('--artifacts', 'paths that say no more are of artifacts')
    .option('--views', 'each run has its metrics, summary and config as files in `.wandb`')
    .option('-q, --quiet', 'tell nothing but results and failures')
    .option('--debug', 'tell each request, and where errors come from')
    .helpOption('-h, --help', 'show help; `wandb-fs help <command>` that of a command')
    .helpCommand(false)
    .addHelpText('after', PLACES)
    .showHelpAfterError("Try 'wandb-fs --help'.");
  const loads = new Map<Declaration, () => Promise<void>>();
  for (const { name, summary, group, load } of COMMANDS) {
    const declaration = program.command(name).description(summary).helpGroup(group);
    declaration.configureOutput({ outputError: (text, write) => write(told(text, declaration)) });
    declaration.showHelpAfterError(`Try 'wandb-fs ${name} --help'.`);
    loads.set(declaration, async () => {
      const command: Command<object> = await load();
      declare(declaration, command);
      declaration.action(() => {
        asked = { name, command, operands: declaration.args, options: declaration.optsWithGlobals() };
      });
    });
  }
  // The one that is named says what it takes before its part of the line is parsed, and no other is loaded.
  program.hook('preSubcommand', (_, declaration) => loads.get(declaration)?.());
  try {
    const [first, ...rest] = argv;
    await program.parseAsync(first === 'help' ? [...rest, '--help'] : argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { ...printed, status: error.exitCode === 0 ? EXIT.done : EXIT.usage };
  }
  return asked ?? { ...printed, status: EXIT.usage };
}

/** What the parser says of a command line that is wrong, with what was meant. */
function told(text: string, declaration: Declaration): string {
  const [, flag] = /unknown option '([^']*)'$/.exec(text.trimEnd()) ?? [];
  const known = declaration.options.flatMap(({ long }) => long ?? []);
  const name = declaration.parent ? declaration.name() : '';
  const habit = flag === undefined ? null : habitOf(name, flag, known);
  const advice = habit === null ? text : `${text.trimEnd()}: ${habit}.\n`;
  return advice.replace(/^error: /, `wandb-fs${name && ` ${name}`}: `);
}

function declare(declaration: Declaration, command: Command<object>): void {
  const takesH = (): boolean => declaration.options.some(({ short }) => short === '-h');
  command.declare(declaration);
  // In `ls -h` and `du -h` it is for sizes, as everywhere.
  declaration.helpOption(takesH() ? '--help' : '-h, --help', 'show this help');
  const lines = command.examples.map((example) => `  $ wandb-fs ${example}`);
  declaration.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}
