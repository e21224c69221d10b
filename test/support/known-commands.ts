import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program.ts';
import { createWorld } from './in-process.ts';
import { readText, root } from './doc-files.ts';
import { readCurl } from './read-curl.ts';
import { readCompose, serviceOf } from './compose-file.ts';

const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };

const program = createProgram(createWorld({ cwd: root }).context);

/** Words as a shell would split them; quotes keep words together. */
export function shellWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
}

function knowsFlag(command: Command, flag: string): boolean {
  return [...command.options, ...program.options].some(({ long, short }) => flag === long || flag === short);
}

/** The verb that words name below another one; where they name none, the default with its flags. */
function innerCommand(command: Command, [word, ...others]: readonly string[]): Command | undefined {
  const { commands } = command;
  if (commands.length === 0) return command;
  if (word === undefined || /^[-|>]/.test(word)) return commands[0];
  const named = commands.find((known) => known.name() === word);
  return named && innerCommand(named, others);
}

/** What is wrong with the words after `catalog-sync`; null: nothing. */
function verbProblem(words: readonly string[]): string | null {
  const [verb, ...below] = words;
  const named = program.commands.find((known) => known.name() === verb);
  if (!named) return `there is no verb ${verb ?? ''}`;
  const command = innerCommand(named, below);
  if (!command) return `${verb ?? ''} has no verb ${below.join(' ')}`;
  const end = words.findIndex((word) => /^[|>]/.test(word));
  const flags = words.slice(1, end === -1 ? undefined : end).filter((word) => word.startsWith('--'));
  const unknown = flags.find((flag) => flag !== '--help' && !knowsFlag(command, flag.split('=')[0] ?? ''));
  return unknown === undefined ? null : `${verb ?? ''} has no flag ${unknown}`;
}

function composeProblem(words: readonly string[]): string | null {
  const scaled = words[words.indexOf('--scale') + 1]?.split('=')[0];
  const entered = words[words.indexOf('exec') + 1];
  for (const [word, service] of [
    ['--scale', scaled],
    ['exec', entered],
  ] as const) {
    if (words.includes(word)) serviceOf(service ?? '');
  }
  const [service, ...verbs] = words.includes('run') ? words.slice(words.indexOf('--rm') + 1) : [];
  const problem = service === undefined ? null : (serviceOf(service), verbProblem(verbs));
  if (problem !== null) return problem;
  const profile = words[words.indexOf('--profile') + 1] ?? '';
  const isKnown = Object.values(readCompose().services).some(({ profiles = [] }) =>
    profiles.includes(profile),
  );
  return isKnown || !words.includes('--profile') ? null : `there is no profile ${profile}`;
}

const fileProblem = (path = '') => (existsSync(join(root, path)) ? null : `there is no ${path}`);

function npmProblem([verb, name]: readonly string[]): string | null {
  if (verb === 'ci') return null;
  const script = verb === 'run' ? name : verb;
  return script !== undefined && script in scripts ? null : `package.json has no script ${script ?? ''}`;
}

/** Of Postgres and the system: test/system/deploy/backup.test.ts and systemd.test.ts run these. */
const systemPrograms: ReadonlySet<string> = new Set([
  'createdb',
  'dropdb',
  'install',
  'openssl',
  'pg_dump',
  'pg_restore',
  'psql',
  'rm',
  'systemctl',
  'systemd-ask-password',
  'systemd-sysusers',
  'tar',
]);

/** Only the sandbox is spoken to by hand: `docs/sandbox.md`, whose test carries these out. */
function curlProblem(words: readonly string[]): string | null {
  const { href } = readCurl(words).url;
  return href.startsWith('http://127.0.0.1:8688/_sandbox/') ? null : `nobody answers at ${href}`;
}

/** What is wrong with one command of a document: a script, verb, flag or file that does not exist. Null: nothing. */
export function commandProblem(line: string): string | null {
  const words = shellWords(line.trim());
  const at = words.findIndex((word) => word === 'catalog-sync' || word.endsWith('bin/catalog-sync.js'));
  if (at !== -1) return verbProblem(words.slice(at + 1));
  const [program_, ...rest] = words;
  if (program_ === 'npm') return npmProblem(rest);
  if (program_ === 'curl') return curlProblem(rest);
  if (program_ === 'docker') return composeProblem(rest);
  if (program_ === 'cp') return fileProblem(rest[0]);
  const file = /--file=(\S+\.sql)/.exec(line)?.[1];
  if (program_ === 'psql' && file !== undefined) return fileProblem(file);
  if (systemPrograms.has(program_ ?? '')) return null;
  return `nobody checks commands that begin with ${program_ ?? ''}`;
}
