import { InvalidArgumentError, Option, type Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { parseApproved } from '../init/parse-approved.ts';
import { parseCount } from '../parse-count.ts';
import { lazily } from '../lazily.ts';

const calls = parseCount(1, 1_000_000_000);

function addCategory(text: string, before: readonly string[] = []): string[] {
  if (/^(0|[1-9]\d{0,17})$/.test(text)) return [...before, text];
  throw new InvalidArgumentError("Give a category id in digits; '0' is the whole tree.");
}

function addKeyword(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

function parseAppKey(text: string): string {
  if (/^[A-Za-z0-9]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError('Give letters and digits only.');
}

/** `catalog-sync init`: the two files of a project. */
export function registerInit(program: Command, context: CliContext): void {
  const command = program
    .command('init')
    .description('Write .env.local and a catalog-sync.yaml that fits your calls. Asks for what no flag says.')
    .addOption(
      new Option('--account <type>', 'the type of your 1688 account').choices(['personal', 'business']),
    )
    .option('--daily <calls>', 'approved calls a day of each API; default: assumed by account', calls)
    .option('--monthly <calls>', 'approved calls a month of each API; default: assumed by account', calls)
    .option('--approved <operation=daily/monthly>', 'approved calls of one API; repeatable', parseApproved)
    .option('--category <id>', 'fetch what is below this category; repeatable', addCategory)
    .option('--keyword <words>', 'fetch what a search finds; repeatable', addKeyword)
    .option('--app-key <key>', 'App Key; the App Secret is asked for, or put into .env.local', parseAppKey)
    .option('--force', 'replace a catalog-sync.yaml that is there')
    .option('--yes', 'ask nothing')
    .action(lazily(context, async () => (await import('../actions/init.ts')).init));
  addExamples(command, [
    'catalog-sync init',
    'catalog-sync init --account personal --keyword 手机壳 --yes',
    'catalog-sync init --account business --category 54 --approved offer.detail=20000/600000 --force',
  ]);
}
