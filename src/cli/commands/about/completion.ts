import type { Command } from '../../command.js';
import { SCRIPTS } from '../../completion/scripts.js';
import { vocabulary } from '../../completion/vocabulary.js';
import { UsageError } from '../../usage-error.js';

export const completion: Command = {
  declare: (command) => command.argument('<shell>', `${Object.keys(SCRIPTS).join(', ')}`),
  examples: [
    'completion bash > ~/.local/share/bash-completion/completions/wandb-fs',
    'completion zsh > ~/.zfunc/_wandb-fs',
    'completion fish > ~/.config/fish/completions/wandb-fs.fish',
  ],

  async run({ out, commands }, [shell = '']) {
    const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
    if (!script)
      throw new UsageError(`There is a completion for ${Object.keys(SCRIPTS).join(', ')}; got '${shell}'.`);
    await out.write(script(await vocabulary(commands)));
  },
};
