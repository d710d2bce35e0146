import { Command as Declaration } from 'commander';
import type { Command, Registered } from '../command.js';

export interface Word {
  /** Such as 'ls', or '--long'. */
  readonly word: string;
  readonly about: string;
}

export interface CommandWords extends Word {
  readonly options: readonly Word[];
}

const COMMON: readonly Word[] = [
  { word: '--runs', about: 'paths that say no more are of run files' },
  { word: '--artifacts', about: 'paths that say no more are of artifacts' },
  { word: '--quiet', about: 'tell nothing but results and failures' },
  { word: '--debug', about: 'tell each request, and where errors come from' },
  { word: '--help', about: 'show help' },
];

/** What can be completed: each command with its options, as it declares them. */
export const vocabulary = (commands: readonly Registered[]): Promise<readonly CommandWords[]> =>
  Promise.all(
    commands.map(async ({ name, summary, load }) => {
      const command: Command<object> = await load();
      const declaration = new Declaration(name);
      command.declare(declaration);
      const own = declaration.options.flatMap(({ long, description }) =>
        long ? [{ word: long, about: description }] : [],
      );
      return { word: name, about: summary, options: [...own, ...COMMON] };
    }),
  );
