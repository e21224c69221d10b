import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { syncFileName } from '../../config/project-folder.ts';
import { exitCodes } from '../../core/exit-codes.ts';
import type { CliContext } from '../../app/context.ts';
import { openSession, type Session } from '../../app/session.ts';
import { QuestionLeft } from '../../terminal/ask.ts';
import { safeJson } from '../../terminal/safe-text.ts';
import { wrapWidth } from '../../terminal/wrap-text.ts';
import { choose, type Choices, type InitFlags } from '../init/choose.ts';
import { fitSyncFile, type FittedSyncFile } from '../init/fit-sync-file.ts';
import { formatForecast } from '../plan/format-forecast.ts';
import { planAsJson } from '../plan/plan-as-json.ts';

const envFileName = '.env.local';

/** Empty values are settings that are not set, as `doctor` says. */
function writeEnvText({ appKey, appSecret }: Choices): string {
  return [
    '# Settings of catalog-sync; docs/configuration.md describes all of them. Write values without quotes and spaces.',
    '# App Key and App Secret: open.1688.com, console, application management, basic information.',
    `ALIBABA_APP_KEY=${appKey}`,
    `ALIBABA_APP_SECRET=${appSecret}`,
    '',
    '# The token that the console shows for a self-use application. For others: `catalog-sync auth`.',
    '# ALIBABA_ACCESS_TOKEN=',
    '',
  ].join('\n');
}

function writeFiles(folder: string, choices: Choices, text: string, mayReplace: boolean): string[] {
  const envFile = join(folder, envFileName);
  const isNew = !existsSync(envFile);
  // `wx` also refuses a file that somebody made meanwhile.
  if (isNew) writeFileSync(envFile, writeEnvText(choices), { flag: 'wx', mode: 0o600 });
  writeFileSync(join(folder, syncFileName), text, { flag: mayReplace ? 'w' : 'wx' });
  return [...(isNew ? [envFileName] : []), syncFileName];
}

function conclude(session: Session, written: readonly string[], { plan }: FittedSyncFile): void {
  if (session.isJson) {
    session.print(safeJson({ written, plan: planAsJson(plan) }));
    return;
  }
  session.print(formatForecast(plan, wrapWidth(session.context.stdout.columns)));
  const kept = written.includes(envFileName) ? '' : ` Kept ${envFileName}, which was there.`;
  session.talk(`\nWritten: ${written.join(' and ')}.${kept}`);
  session.talk(
    [
      'Next:',
      '  `catalog-sync doctor --offline` says what is missing before the first call.',
      '  `catalog-sync permissions apply` prints what to paste into the forms of 1688.',
      '  `catalog-sync serve --sandbox` shows an invented catalog until 1688 approves.',
    ].join('\n'),
  );
}

/** Makes the two files of a project. */
export async function init(context: CliContext, flags: InitFlags, self: Command): Promise<void> {
  const session = openSession(self, context, { logs: 'command', ignoresEnvironment: true });
  const folder = session.config.projectDir;
  const mayReplace = flags.force ?? false;
  if (!mayReplace && existsSync(join(folder, syncFileName)))
    self.error(`error: there is a ${syncFileName} in ${folder}: --force replaces it`);
  const hasEnvFile = existsSync(join(folder, envFileName));
  if (hasEnvFile && flags.appKey !== undefined)
    self.error(`error: there is a ${envFileName} in ${folder}: put the App Key into it`);
  try {
    const choices = await choose(session, { flags, asksKeys: !hasEnvFile }, self);
    const fitted = fitSyncFile(choices, context.clock.now());
    conclude(session, writeFiles(folder, choices, fitted.text, mayReplace), fitted);
  } catch (error) {
    if (!(error instanceof QuestionLeft)) throw error;
    session.talk('\nnothing was written');
    context.exitCode = exitCodes.interrupted;
  }
}
