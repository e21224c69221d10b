import type { Pool } from 'pg';
import { AppError } from '../../core/errors.ts';
import { describeTokens } from '../../tokens/stored-tokens.ts';
import { createTokenStore } from '../../tokens/token-store.ts';
import { exitCodes } from '../../core/exit-codes.ts';
import type { Session } from '../../app/session.ts';
import { safeJson } from '../../terminal/safe-text.ts';
import { hasDatabase } from '../../app/with-database.ts';
import { formatTokenReport, reportTokens, type TokenReport } from './token-report.ts';
import { withExistingTokens } from './with-tokens.ts';

/** Whether the configured key decrypts the stored tokens; if not, the text says why. */
async function findObstacle({ config, log }: Session, pool: Pool, appKey: string): Promise<string | null> {
  if (!config.TOKEN_KEY) return 'TOKEN_KEY is not set, so the stored tokens cannot be decrypted';
  try {
    await createTokenStore({ pool, key: config.TOKEN_KEY, log }).read(appKey);
    return null;
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith('TOKEN_'))
      return `${error.code}: ${error.message}`;
    throw error;
  }
}

async function reportOver(session: Session, pool: Pool | null): Promise<TokenReport> {
  const { config, context } = session;
  const appKey = config.ALIBABA_APP_KEY;
  const stored = pool && appKey ? await describeTokens(pool, appKey) : null;
  const obstacle = pool && appKey && stored ? await findObstacle(session, pool, appKey) : null;
  return reportTokens({ config, stored, obstacle, now: context.clock.now() });
}

/** Shows the tokens of the app, from the database of `pool`. */
export async function printTokens(session: Session, pool: Pool | null): Promise<TokenReport> {
  const report = await reportOver(session, pool);
  session.print(session.isJson ? safeJson(report) : formatTokenReport(report, session.context.clock.now()));
  return report;
}

/** `catalog-sync auth status`: exits with 4 when there is no usable token. */
export async function showTokens(session: Session): Promise<void> {
  const report = hasDatabase(session.config)
    ? await withExistingTokens(session, (pool) => printTokens(session, pool))
    : await printTokens(session, null);
  if (!report.isUsable) session.context.exitCode = exitCodes.configuration;
}
