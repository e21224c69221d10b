import { once } from 'node:events';
import type { Command } from 'commander';
import { AppError, errorMessage } from '../../core/errors.ts';
import { listenForShutdown } from '../../core/lifecycle.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/create-sandbox.ts';
import type { Nature } from '../../sandbox/world/nature.ts';
import type { CliContext } from '../../app/context.ts';
import { cliErrors } from '../../app/errors.ts';
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

/** Runs the sandbox until it is stopped. */
export async function runSandbox(context: CliContext, flags: SandboxFlags, self: Command): Promise<void> {
  const session = openSession(self, context, { logs: 'command', ignoresEnvironment: true });
  const sandbox = await start(optionsOf(flags));
  sandbox.advance(flags.advance);
  printCredentials(session, sandbox);
  session.talk('SANDBOX: using mock data. Stop it with Ctrl-C.');
  await waitForEnd(context, flags.untilStdinEnds ?? false);
  await sandbox.close();
}
