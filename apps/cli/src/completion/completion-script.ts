import type { Command } from 'commander';
import { CommandError } from '../exit-codes.js';

/** A script that completes commands, options and their choices. Made from the commands themselves: never out of date. */
export function completionScript(program: Command, shell: string): string {
  const words = wordsByCommand(program);
  switch (shell) {
    case 'bash':
      return bash(words);
    case 'zsh':
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(words)}`;
    case 'fish':
      return fish(program);
    default:
      throw new CommandError(`There is no completion for "${shell}": use bash, zsh or fish.`);
  }
}

/** By the words that lead to a command (`retention preview`): what may follow. */
function wordsByCommand(program: Command): Map<string, string[]> {
  const words = new Map<string, string[]>();
  const visit = (command: Command, path: readonly string[]): void => {
    const own = [
      ...command.commands.map((one) => one.name()),
      ...command.options.flatMap(({ long, short }) => [long, short]),
      '--help',
    ];
    words.set(
      path.join(' '),
      own.filter((word) => typeof word === 'string'),
    );
    for (const one of command.commands) visit(one, [...path, one.name()]);
  };
  visit(program, []);
  return words;
}

function bash(words: ReadonlyMap<string, readonly string[]>): string {
  const cases = [...words].map(([path, own]) => `    "${path}") words="${own.join(' ')}" ;;`);
  return `_pbk() {
  local path="" word words i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$word" in
      -*) ;;
      *) case " ${[...words.keys()].filter(Boolean).join(' | ')} " in *" \${path:+$path }$word "*) path="\${path:+$path }$word" ;; esac ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
    *) words="" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _pbk pbk
`;
}

function fish(program: Command): string {
  const names = program.commands.map((one) => one.name()).join(' ');
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = program.commands.flatMap((one) => [
    `complete -c pbk -n "not __fish_seen_subcommand_from ${names}" -a ${one.name()} -d ${quoted(one.description())}`,
    ...one.commands.map(
      (sub) =>
        `complete -c pbk -n "__fish_seen_subcommand_from ${one.name()}" -a ${sub.name()} -d ${quoted(sub.description())}`,
    ),
    ...one.options.map(
      ({ long, description }) =>
        `complete -c pbk -n "__fish_seen_subcommand_from ${one.name()}" -l ${(long ?? '').slice(2)} -d ${quoted(description)}`,
    ),
  ]);
  return `${lines.join('\n')}\n`;
}
