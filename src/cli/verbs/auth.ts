import type { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { lazily } from '../lazily.ts';

/** `catalog-sync auth`: the app's tokens, from the first agreement to the last. */
export function registerAuth(program: Command, context: CliContext): void {
  const auth = program
    .command('auth')
    .description("Authorise the app on 1688's page in a browser, and manage the access tokens.");
  auth
    .command('login', { isDefault: true })
    .description('Log in as the account owner in a browser, and store the tokens. This is the default.')
    .option('--paste', 'on a server: print the login url, and read the address that the browser ends at')
    .action(lazily(context, async () => (await import('../actions/auth.ts')).logInHere));
  auth
    .command('status')
    .description('Show the type of the token, when it expires, and problems to expect.')
    .action(lazily(context, async () => (await import('../actions/auth.ts')).showTokensOfApp));
  auth
    .command('rotate-key')
    .description('Encrypt the stored tokens with the key in NEW_TOKEN_KEY_FILE instead of TOKEN_KEY.')
    .action(lazily(context, async () => (await import('../actions/auth.ts')).rotateTokenKey));
  auth
    .command('revoke')
    .description('Delete the stored tokens of the app.')
    .option('--yes', 'do not ask for confirmation')
    .action(lazily(context, async () => (await import('../actions/auth.ts')).revokeTokens));
  auth
    .command('adopt')
    .description('Let the app of ALIBABA_APP_KEY use the database of another app that it replaces.')
    .option('--yes', 'do not ask for confirmation')
    .action(lazily(context, async () => (await import('../actions/auth.ts')).adoptDatabase));
  addExamples(auth, [
    'catalog-sync auth',
    'catalog-sync auth --paste',
    'catalog-sync auth status --json',
    'catalog-sync auth rotate-key',
    'catalog-sync auth revoke --yes',
    'catalog-sync auth adopt',
  ]);
}
