import { InvalidArgumentError, type Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { lazily } from '../lazily.ts';

/** Answers that name the id go as a whole: one of a few characters, such as a mistyped one, is in nearly all of them. */
function parseSellerId(text: string): string {
  if (/^[\x21-\x7e]{8,200}$/.test(text)) return text;
  throw new InvalidArgumentError(
    'Give the sellerOpenId, as in catalog.seller.seller_id: 8 to 200 letters, digits and signs.',
  );
}

/** `catalog-sync erase-seller ID`: what is kept of a seller, and, with --yes, nothing any more. */
export function registerEraseSeller(program: Command, context: CliContext): void {
  const command = program
    .command('erase-seller')
    .description('Show the stored data of a seller. With --yes, erase it and never store it again.')
    .argument('<seller>', "1688's sellerOpenId, as in catalog.seller.seller_id", parseSellerId)
    .option('--yes', 'erase the data permanently')
    .action(lazily(context, async () => (await import('../actions/erase-seller.ts')).showOrErase));
  addExamples(command, [
    'catalog-sync erase-seller BBBR4zKk5sJ2',
    'catalog-sync erase-seller BBBR4zKk5sJ2 --yes',
    'catalog-sync sql "select seller_id, company_name from catalog.seller where company_name like \'%Trading%\'"',
  ]);
}
