import type { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import { revoke, rotateKey } from '../auth/change-tokens.ts';
import { logIn } from '../auth/log-in.ts';
import { showTokens } from '../auth/show-tokens.ts';
import type { CliContext } from '../../app/context.ts';
import { openSession, type Session } from '../../app/session.ts';

/** `catalog-sync auth`: the app's tokens, from the first agreement to the last. */
export function registerAuth(program: Command, context: CliContext): void {
  const auth = program
    .command('auth')
    .description(
      "Authorise the app by 1688's page in a browser, and look after the tokens that this brings.",
    );
  const open = (self: Command): Session => openSession(self, context, { logs: 'command' });
  auth
    .command('login', { isDefault: true })
    .description('Have the owner of an account agree in a browser, and store the tokens. The default.')
    .option('--paste', 'on a server: print the url, and read the address that the browser ends at')
    .action((flags: { paste?: true }, self: Command) => logIn(open(self), flags));
  auth
    .command('status')
    .description('Show what kind of token there is, when it ends, and what will become a trouble.')
    .action((_flags: unknown, self: Command) => showTokens(open(self)));
  auth
    .command('rotate-key')
    .description('Encrypt the stored tokens with the key in NEW_TOKEN_KEY_FILE in place of TOKEN_KEY.')
    .action((_flags: unknown, self: Command) => rotateKey(open(self)));
  auth
    .command('revoke')
    .description('Forget the stored tokens of the app.')
    .option('--yes', 'without being asked')
    .action((flags: { yes?: true }, self: Command) => revoke(open(self), flags));
  addExamples(auth, [
    'catalog-sync auth',
    'catalog-sync auth --paste',
    'catalog-sync auth status --json',
    'catalog-sync auth rotate-key',
    'catalog-sync auth revoke --yes',
  ]);
}
