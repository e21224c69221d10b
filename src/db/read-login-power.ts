import { readSql } from './read-sql.ts';
import { runSqlForOne, type SqlExecutor } from './sql-file.ts';

/** What a login may do beyond reading. `superuser`: also to the server's machine. Null: nothing that is known. */
export type LoginPower = 'superuser' | 'owner' | null;

/** The power of the login of a connection. */
export async function readLoginPower(executor: SqlExecutor): Promise<LoginPower> {
  const power = await runSqlForOne<{ is_superuser: boolean; is_owner: boolean }>(
    executor,
    readSql('read-login-power'),
  );
  if (power.is_superuser) return 'superuser';
  return power.is_owner ? 'owner' : null;
}
