import type { Config } from '../../../src/config/environment.ts';
import type { Logger } from '../../../src/core/log.ts';
import type { Secret } from '../../../src/core/secret.ts';
import { hasDatabase, withExistingDatabase } from '../../../src/app/with-database.ts';
import { createPool } from '../../../src/db/pool.ts';
import { createTokenStore } from '../../../src/tokens/token-store.ts';

/**
 * The access token to ask with: the environment's, or else the stored one of `catalog-sync auth`, as it is. A
 * refresh is left to the product, which books it. Null: there is none.
 *
 * @throws AppError TOKEN_KEY_MISMATCH, TOKEN_DAMAGED, DATABASE_*
 */
export async function findAccessToken(config: Config, appKey: string, log: Logger): Promise<Secret | null> {
  const { ALIBABA_ACCESS_TOKEN: given, TOKEN_KEY: key } = config;
  if (given !== undefined) return given;
  if (key === undefined || !hasDatabase(config)) return null;
  return withExistingDatabase({ context: { signals: process }, config, log }, async ({ url }) => {
    const pool = createPool({ connectionString: url, max: 1, log });
    try {
      return (await createTokenStore({ pool, key, log }).read(appKey))?.accessToken ?? null;
    } finally {
      await pool.end();
    }
  });
}
