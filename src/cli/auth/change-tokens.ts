import { credentialsOf } from '../../app/credentials.ts';
import { AppError } from '../../core/errors.ts';
import { exitCodes } from '../../core/exit-codes.ts';
import { tokenErrors } from '../../tokens/errors.ts';
import { forgetTokens, rotateTokenKey } from '../../tokens/stored-tokens.ts';
import { confirm } from '../../terminal/confirm.ts';
import type { Session } from '../../app/session.ts';
import { safeJson } from '../../terminal/safe-text.ts';
import { tokenKeyOf, withExistingTokens } from './with-tokens.ts';

/**
 * `catalog-sync auth rotate-key`: from TOKEN_KEY to NEW_TOKEN_KEY.
 *
 * @throws AppError TOKEN_KEY_MISSING, TOKEN_NEW_KEY_MISSING, TOKEN_KEY_MISMATCH
 */
export async function rotateKey(session: Session): Promise<void> {
  const { config } = session;
  const from = tokenKeyOf(config);
  const to = config.NEW_TOKEN_KEY;
  if (to === undefined)
    throw new AppError(tokenErrors.TOKEN_NEW_KEY_MISSING, 'NEW_TOKEN_KEY is not set, so there is no new key');
  const counts = await withExistingTokens(session, (pool) => rotateTokenKey(pool, { from, to }));
  const text = `encrypted with the new key: ${counts.rotated} now, ${counts.already} before`;
  session.print(session.isJson ? safeJson(counts) : text);
  session.talk('Next: set it as TOKEN_KEY of every process, and restart the running ones.');
}

/** `catalog-sync auth revoke`: forgets the app's stored tokens. */
export async function revoke(session: Session, flags: { readonly yes?: true }): Promise<void> {
  const { appKey } = credentialsOf(session.config);
  const question = `Delete the stored tokens of app ${appKey}? To get new ones, you must log in again.`;
  const isAgreed = flags.yes ?? (await confirm(session.context, question));
  if (!isAgreed) {
    session.talk('Nothing was changed. Add --yes to skip the question.');
    session.context.exitCode = exitCodes.failed;
    return;
  }
  const hadAny = await withExistingTokens(session, (pool) => forgetTokens(pool, appKey));
  const text = `the stored tokens of app ${appKey} were deleted`;
  const nothing = `app ${appKey} has no stored tokens`;
  session.print(session.isJson ? safeJson({ appKey, forgotten: hadAny }) : hadAny ? text : nothing);
  session.talk(
    'They stay valid at 1688 until the owner of the account revokes the authorisation in the console. Running processes use their tokens until they end.',
  );
}
