import { once } from 'node:events';
import { InvalidArgumentError, type Command } from 'commander';
import { parseDurationMs } from '../../core/duration.ts';
import { AppError, errorMessage } from '../../core/errors.ts';
import { listenForShutdown } from '../../core/lifecycle.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/create-sandbox.ts';
import { defaultNature, settleNature, type Nature } from '../../sandbox/world/nature.ts';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { cliErrors } from '../../app/errors.ts';
import { parseCount } from '../parse-count.ts';
import { openSession, type Session } from '../../app/session.ts';
import { safeJson } from '../../terminal/safe-text.ts';

interface SandboxFlags {
  readonly host: string;
  readonly port: number;
  readonly offers: number;
  readonly categories: number;
  readonly seed: number;
  readonly latencyMs: number;
  readonly drift?: true;
  readonly startAt?: Date;
  readonly advance: number;
  readonly redirectUri?: readonly string[];
  readonly nature?: Partial<Nature>;
  readonly categoryCycle?: number;
  readonly untilStdinEnds?: true;
}

function parseInstant(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError('Give a time like 2026-01-31T08:00:00Z.');
  return at;
}

function parseAdvance(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === null) throw new InvalidArgumentError('Give a duration like 12h or 3d.');
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

/** What the flags leave out, the sandbox has a default for. */
function optionsOf(flags: SandboxFlags): SandboxOptions {
  const { host, port, offers, categories, seed, latencyMs, drift = false, startAt, redirectUri } = flags;
  const { nature = {}, categoryCycle = null } = flags;
  return {
    ...{ host, port, offers, categories, seed, latencyMs, drift, nature, categoryCycle },
    ...(startAt ? { startAt } : {}),
    ...(redirectUri ? { redirectUris: redirectUri } : {}),
  };
}

/** At a signal, or when the parent process is gone. */
async function waitForEnd(context: CliContext, followsStdin: boolean): Promise<void> {
  const shutdown = listenForShutdown(context.signals);
  const ends = followsStdin ? [once(context.stdin.resume(), 'close'), once(context.stdin, 'end')] : [];
  await Promise.race([once(shutdown.drain, 'abort'), ...ends]);
  shutdown.dispose();
}

async function start(options: SandboxOptions): Promise<Sandbox> {
  try {
    return await createSandbox(options);
  } catch (cause) {
    const message = `the sandbox could not be started: ${errorMessage(cause)}`;
    throw new AppError(cliErrors.SANDBOX_NOT_STARTED, message, { cause });
  }
}

/** As lines for an env file, so that `catalog-sync sandbox > .env.local` is all it takes. */
function printCredentials(session: Session, sandbox: Sandbox): void {
  const settings = {
    ALIBABA_API_URL: sandbox.url,
    ALIBABA_APP_KEY: sandbox.appKey,
    ALIBABA_APP_SECRET: sandbox.appSecret,
    ALIBABA_ACCESS_TOKEN: sandbox.accessToken,
  };
  if (session.isJson) session.print(safeJson({ ...settings, controlUrl: sandbox.controlUrl }));
  else
    session.print(
      Object.entries(settings)
        .map(([key, value]) => `${key}=${value}`)
        .join('\n'),
    );
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
    .option('--start-at <time>', 'start time of the invented catalog; default: now', parseInstant)
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
    .action(async (flags: SandboxFlags, self: Command) => {
      const session = openSession(self, context, { logs: 'command', ignoresEnvironment: true });
      const sandbox = await start(optionsOf(flags));
      sandbox.advance(flags.advance);
      printCredentials(session, sandbox);
      session.talk('SANDBOX: using mock data. Stop it with Ctrl-C.');
      await waitForEnd(context, flags.untilStdinEnds ?? false);
      await sandbox.close();
    });
  addExamples(command, [
    'catalog-sync sandbox --port 8688',
    'catalog-sync sandbox --offers 2000 --drift --latency-ms 50 > .env.local',
    'catalog-sync sandbox --offers 1000000 --categories 5000',
  ]);
}
