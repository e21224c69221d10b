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
    throw new AppError(tokenErrors.TOKEN_NEW_KEY_MISSING, 'there is no new key to encrypt the tokens with');
  const counts = await withExistingTokens(session, (pool) => rotateTokenKey(pool, { from, to }));
  const text = `encrypted with the new key: ${counts.rotated} now, ${counts.already} before`;
  session.print(session.isJson ? safeJson(counts) : text);
  session.talk('Next: make it the TOKEN_KEY of every process, and start those that run again.');
}

/** `catalog-sync auth revoke`: forgets the app's stored tokens. */
export async function revoke(session: Session, flags: { readonly yes?: true }): Promise<void> {
  const { appKey } = credentialsOf(session.config);
  const question = `Forget the stored tokens of app ${appKey}? Only another login brings new ones.`;
  const isAgreed = flags.yes ?? (await confirm(session.context, question));
  if (!isAgreed) {
    session.talk('Nothing was changed. Add --yes to do it without being asked.');
    session.context.exitCode = exitCodes.failed;
    return;
  }
  const hadAny = await withExistingTokens(session, (pool) => forgetTokens(pool, appKey));
  const text = `the stored tokens of app ${appKey} are forgotten`;
  const nothing = `app ${appKey} has no stored tokens`;
  session.print(session.isJson ? safeJson({ appKey, forgotten: hadAny }) : hadAny ? text : nothing);
  session.talk(
    'This does not end them at 1688: the owner of the account takes the agreement back in the console there. Processes that run keep theirs until they end.',
  );
}
