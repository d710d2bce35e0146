import type { CommandWords, Word } from './vocabulary.js';

type Script = (commands: readonly CommandWords[]) => string;

/** What a shell reads to complete commands and options; all else is completed as names of files. */
export const SCRIPTS: Readonly<Record<string, Script>> = { bash, zsh, fish };

const words = (list: readonly Word[]): string => list.map(({ word }) => word).join(' ');

/** For a text in single quotes. */
const quoted = (text: string): string => text.replaceAll("'", "'\\''");

function bash(commands: readonly CommandWords[]): string {
  const cases = commands.map(({ word, options }) => `    ${word}) words='${words(options)}' ;;`);
  return `_wandb_fs() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${words(commands)}' -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    *) COMPREPLY=() ;;
  esac
}
complete -o default -F _wandb_fs wandb-fs
`;
}

function zsh(commands: readonly CommandWords[]): string {
  // In a specification ':' and brackets have a meaning.
  const plain = (text: string): string => quoted(text.replace(/[[\]:\\]/g, '\\$&'));
  const names = commands.map(({ word, about }) => `    '${word}:${plain(about)}'`);
  const cases = commands.map(({ word, options }) => {
    const specs = options.map((option) => `'${option.word}[${plain(option.about)}]'`);
    return `    ${word}) _arguments ${specs.join(' ')} '*:file:_files' ;;`;
  });
  return `#compdef wandb-fs
_wandb_fs() {
  local -a commands=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  local command=\${words[2]}
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
_wandb_fs "$@"
`;
}

function fish(commands: readonly CommandWords[]): string {
  const plain = (text: string): string => text.replace(/['\\]/g, '\\$&');
  const lines = commands.flatMap(({ word, about, options }) => [
    `complete -c wandb-fs -n __fish_use_subcommand -a ${word} -d '${plain(about)}'`,
    ...options.map(
      (option) =>
        `complete -c wandb-fs -n '__fish_seen_subcommand_from ${word}' -l ${option.word.slice(2)} -d '${plain(option.about)}'`,
    ),
  ]);
  return `${lines.join('\n')}\n`;
}
