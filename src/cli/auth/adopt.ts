import { credentialsOf } from '../../app/credentials.ts';
import type { Session } from '../../app/session.ts';
import { withExistingPool } from '../../app/with-existing-pool.ts';
import { exitCodes } from '../../core/exit-codes.ts';
import { classifyDatabaseErrors } from '../../db/database-error.ts';
import { adoptApp } from '../../runs/claim-database.ts';
import { confirm } from '../../terminal/confirm.ts';
import { safeJson } from '../../terminal/safe-text.ts';

/**
 * `catalog-sync auth adopt`: makes the project's database one of the app of ALIBABA_APP_KEY.
 *
 * @throws AppError CREDENTIALS_MISSING, PROJECT_IS_DEMO, DATABASE_*
 */
export async function adopt(session: Session, flags: { readonly yes?: true }): Promise<void> {
  const { appKey } = credentialsOf(session.config);
  const question = `Make this database one of app ${appKey}? No process with the key of the app before may be running.`;
  const isAgreed = flags.yes ?? (await confirm(session.context, question));
  if (!isAgreed) {
    session.talk('Nothing was changed. Add --yes to skip the question.');
    session.context.exitCode = exitCodes.failed;
    return;
  }
  const outcome = await withExistingPool(session, 1, (pool) =>
    classifyDatabaseErrors(() => adoptApp(pool, appKey, 'command line')),
  );
  const nothing = 'nothing was changed: the database is one of this app, or holds no live data';
  session.print(session.isJson ? safeJson({ isAdopted: outcome !== null, outcome }) : (outcome ?? nothing));
  if (outcome !== null)
    session.talk(
      'Quota, holds and permissions are of each app: check `catalog-sync quota` before the next sync.',
    );
}
