import type { Command } from 'commander';

export type Shell = 'bash' | 'zsh';

interface Completion {
  /** The names of a command and of those above it but the program, each after a space. */
  readonly path: string;
  /** The commands below it, what its arguments may be, and its flags. */
  readonly words: readonly string[];
}

function listCompletions(command: Command, path: string): Completion[] {
  const help = command.createHelp();
  const names = help.visibleCommands(command).map((inner) => inner.name());
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  const options = [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
  const flags = options.flatMap(({ long }) => long ?? []);
  const below = command.commands.flatMap((inner) => listCompletions(inner, `${path} ${inner.name()}`));
  return [{ path, words: [...names, ...choices, ...flags] }, ...below];
}

/** zsh runs scripts for bash, when it is told to. */
const preludes: Readonly<Record<Shell, string>> = {
  bash: '',
  zsh: 'autoload -Uz compinit bashcompinit\ncompinit\nbashcompinit\n',
};

/** A script for a shell, by which it completes the commands and flags of a program; elsewhere, names of files. */
export function formatCompletion(program: Command, shell: Shell): string {
  const completions = listCompletions(program, '');
  const paths = completions.slice(1).map(({ path }) => `'${path}'`);
  const cases = completions.map(({ path, words }) => `    '${path}') words='${words.join(' ')}' ;;`);
  return `${preludes[shell]}_catalog_sync() {
  local path='' words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
    ${paths.join('|')}) path="$path \${COMP_WORDS[i]}" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _catalog_sync catalog-sync`;
}
