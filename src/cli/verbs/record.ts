import { Argument, Option, type Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { callForAnswer, findAnswer, type Wanted } from '../record/find-answer.ts';
import { createPseudonyms, readPseudonymKey } from '../record/pseudonyms.ts';
import { recordAnswer, type Recording } from '../record/recording.ts';
import { targetOperations, type TargetOperation } from '../../extract/endpoints/target-request.ts';
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

/** `catalog-sync record`: a real answer as a golden file, without what identifies a person. */
export function registerRecord(program: Command, context: CliContext): void {
  const command = program
    .command('record')
    .description('Print a stored answer of 1688 as a test fixture, without secrets and personal data.')
    .addArgument(new Argument('<operation>', 'operation that was called').choices(targetOperations))
    .argument(
      '[target]',
      'category id, keyword, seller id, image url or id, or offer id; its newest answer is used',
    )
    .option('--raw <id>', 'use the stored answer with this raw id instead')
    .addOption(new Option('--call', 'call 1688 once instead of reading the database').conflicts('raw'))
    .option('--yes', 'make the call without asking')
    .action(
      async (operation: TargetOperation, target: string | undefined, flags: RecordFlags, self: Command) => {
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
      },
    );
  addExamples(command, [
    'catalog-sync record offer.detail 610947572360 > test/fixtures/recorded/bag.json',
    'catalog-sync record search.keyword --raw 4711',
    'catalog-sync record search.image https://cbu01.alicdn.com/img/ibank/1.jpg --call',
    'catalog-sync record category.children 0 --call --yes',
  ]);
}
