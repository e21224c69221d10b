import type { Command } from 'commander';
import type { CliContext } from '../../app/context.ts';
import { callForAnswer, findAnswer, type Wanted } from '../record/find-answer.ts';
import { createPseudonyms, readPseudonymKey } from '../record/pseudonyms.ts';
import { recordAnswer, type Recording } from '../record/recording.ts';
import type { TargetOperation } from '../../extract/endpoints/target-request.ts';
import { openSession, type Session } from '../../app/session.ts';

interface RecordFlags {
  readonly raw?: string;
  readonly call?: true;
  readonly yes?: true;
}

function describe(session: Session, { replaced, leftOut }: Recording): void {
  const counts = Object.entries(replaced).map(([key, count]) => `${key} (${String(count)})`);
  session.talk(`replaced: ${counts.length === 0 ? 'nothing' : counts.join(', ')}`);
  if (leftOut.length > 0) session.talk(`omitted, because their content is unknown: ${leftOut.join(', ')}`);
  session.talk('Read the file before you share it: it contains texts of sellers.');
}

/** Prints an answer without what identifies a person. */
export async function printRecording(
  context: CliContext,
  ...[operation, target, flags, self]: [
    operation: TargetOperation,
    target: string | undefined,
    flags: RecordFlags,
    self: Command,
  ]
): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  if ((target === undefined) === (flags.raw === undefined)) {
    self.error("error: give either a target or '--raw'");
  }
  const wanted: Wanted =
    flags.raw === undefined ? { operation, target: target ?? '' } : { operation, rawId: flags.raw };
  const answer =
    flags.call && 'target' in wanted
      ? await callForAnswer(session, wanted, flags.yes ?? false)
      : await findAnswer(session, wanted);
  const pseudonymize = createPseudonyms(readPseudonymKey(session.config.projectDir));
  const recording = recordAnswer(answer, pseudonymize);
  context.stdout.write(recording.text);
  describe(session, recording);
}
