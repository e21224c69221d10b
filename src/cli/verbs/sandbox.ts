import { InvalidArgumentError, type Command } from 'commander';
import { dayMs, parseDurationMs } from '../../core/duration.ts';
import { errorMessage } from '../../core/errors.ts';
import { defaultNature, settleNature, type Nature } from '../../sandbox/world/nature.ts';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { parseCount } from '../parse-count.ts';
import { parseTime } from '../parse-time.ts';
import { lazily } from '../lazily.ts';

/** A hundred years. At a hundred times this, some times of the invented catalog are none for JavaScript or Postgres. */
const maxAdvanceDays = 36_500;

function parseAdvance(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === null || ms > maxAdvanceDays * dayMs)
    throw new InvalidArgumentError(`Give a duration like 12h or 3d, at most ${String(maxAdvanceDays)}d.`);
  return ms;
}

/** Each use of the flag adds one. */
function addRedirectUri(text: string, before: readonly string[] = []): readonly string[] {
  if (!/^https?:\/\/./.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError('Give an address like http://localhost:3000/api/callback.');
  return [...before, text];
}

/** `name=share`; each use of the flag adds one. */
function addNature(text: string, before: Partial<Nature> = {}): Partial<Nature> {
  const [name = '', share = ''] = text.split('=');
  try {
    return settleNature({ ...before, [name]: share === '' ? Number.NaN : Number(share) });
  } catch (error) {
    throw new InvalidArgumentError(`Give a name and a share, like soldOut=0.2: ${errorMessage(error)}.`);
  }
}

/** `catalog-sync sandbox`: a stand-in for the gateway on this machine, until it is stopped. */
export function registerSandbox(program: Command, context: CliContext): void {
  const command = program
    .command('sandbox')
    .description(
      'Run a simulated 1688 gateway on this machine, with an invented catalog that changes over time.',
    )
    .option(
      '--host <address>',
      'address to listen on; its control endpoints answer this machine only',
      '127.0.0.1',
    )
    .option('--port <number>', 'port to listen on; 0 uses a free port', parseCount(0, 65_535), 0)
    .option(
      '--offers <number>',
      'number of offers at the start; a million need at most 2 GB of memory',
      parseCount(100, 1_000_000),
      300,
    )
    .option('--categories <number>', 'number of categories in the tree', parseCount(10, 5000), 60)
    .option('--seed <number>', 'the same seed gives the same catalog', parseCount(0, 2_147_483_647), 1)
    .option('--latency-ms <number>', 'delay before each answer', parseCount(0, 60_000), 0)
    .option('--drift', 'change rankings between calls, so that rows repeat or move between pages')
    .option(
      '--start-at <time>',
      'start of the invented catalog: a time with its zone, or a day of Asia/Shanghai; default: now',
      parseTime,
    )
    .option('--advance <duration>', 'set its clock ahead by this duration, like 3d', parseAdvance, 0)
    .option(
      '--redirect-uri <uri>',
      'callback url that its authorization page accepts; can be repeated',
      addRedirectUri,
    )
    .option(
      '--nature <name=share>',
      `how its catalog behaves; can be repeated: ${Object.keys(defaultNature).join(', ')}`,
      addNature,
    )
    .option(
      '--category-cycle <number>',
      'put a cycle of this many categories into the tree',
      parseCount(3, 20),
    )
    .option('--until-stdin-ends', 'stop when standard input closes; for programs that start the sandbox')
    .action(lazily(context, async () => (await import('../actions/sandbox.ts')).runSandbox));
  addExamples(command, [
    'catalog-sync sandbox --port 8688',
    'catalog-sync sandbox --offers 2000 --drift --latency-ms 50 > .env.local',
    'catalog-sync sandbox --offers 1000000 --categories 5000',
  ]);
}
