import type { Pool } from 'pg';
import type { Config } from '../../config/environment.ts';
import { AppError } from '../../core/errors.ts';
import { migrate } from '../../db/migrate.ts';
import { createPermissionStore } from '../../ledger/permission-store.ts';
import { findRemedy } from '../find-remedy.ts';
import { createQuotaStore } from '../../ledger/quota-store.ts';
import { createTokenStore } from '../../tokens/token-store.ts';
import { cliErrors } from '../errors.ts';
import { describeApis, listPermissions } from '../../health/permissions/list-permissions.ts';
import type { TargetOperation } from '../../extract/endpoints/target-request.ts';
import type { Session } from '../session.ts';
import { tryReadSyncConfig } from '../../config/read-sync-config.ts';
import { hasDatabase, withDatabase } from '../with-database.ts';
import { withPool } from '../with-pool.ts';
import type { ContractReport } from '../../health/contract/check-contract.ts';
import { callContract } from './call-contract.ts';
import { askForCalls, signedCallName, type MayCall } from './ask-for-calls.ts';
import { failed, skip, type Check } from '../../health/doctor/check.ts';
import { checkDatabase } from '../../health/doctor/check-database.ts';
import { checkPromisedAges } from '../../health/doctor/check-promised-ages.ts';
import { checkToken } from '../../health/doctor/check-token.ts';
import { checkUsage } from '../../health/doctor/check-usage.ts';
import { makeCalls, type CallParts, type Called } from './make-calls.ts';
import { chooseProbes } from '../../health/doctor/choose-probes.ts';

export interface ServiceCheckOptions {
  readonly mayCall: MayCall;
  /** Whether the APIs that are not known to be allowed are probed as well. */
  readonly probes: boolean;
  /** Takes what the questions of the contract brought, which are asked in place of the signed call; null: they are not. */
  readonly onContract: ((report: ContractReport) => void) | null;
}

/** The probes that the data of the database allow; without a database, those that need no data. */
async function listProbes(
  { config, sync }: Pick<CallParts, 'config' | 'sync'>,
  pool: Pool | null,
  now: Date,
): Promise<TargetOperation[]> {
  const { ALIBABA_APP_KEY: appKey } = config;
  if (appKey === undefined) return [];
  if (pool === null) return chooseProbes(describeApis({ known: [], holds: [], sync, now }));
  const quota = createQuotaStore({ pool });
  const permissions = createPermissionStore({ pool, appKey });
  const { apis } = await listPermissions({ permissions, quota, sync });
  return chooseProbes(apis);
}

/** The calls, if they may be made; `isAgreed`: the user has already agreed. */
async function callIfAgreed(
  parts: CallParts,
  options: ServiceCheckOptions,
  isAgreed: boolean,
): Promise<Called> {
  const { session, config, pool } = parts;
  const { onContract } = options;
  const probes = options.probes ? await listProbes(parts, pool, session.context.clock.now()) : [];
  const wanted = { probes, isContract: onContract !== null };
  const refusal = isAgreed ? null : await askForCalls(session, config, options.mayCall, wanted);
  if (refusal) return { checks: [refusal], notes: new Map() };
  return onContract === null ? makeCalls(parts, probes) : callContract(parts, onContract);
}

async function checkOpened(
  parts: Omit<CallParts, 'pool'>,
  options: ServiceCheckOptions,
  isAgreed: boolean,
): Promise<Check[]> {
  const { session, config, sync, database } = parts;
  const { log, context } = session;
  // As a sync does it: the embedded database belongs to this version.
  if (database.isEmbedded) await migrate({ connectionString: database.url, log });
  return withPool({ connectionString: database.url, max: 1, log }, async (pool) => {
    const place = database.isEmbedded ? 'the embedded Postgres' : 'DATABASE_URL';
    const checks = await checkDatabase(pool, { config, sync, place, findRemedy });
    const failing = checks.filter((check) => check.status === 'fail').map((check) => check.name);
    if (failing.length > 0) {
      const cause = `not made: correct ${failing.map((name) => `"${name}"`).join(' and ')} first`;
      return [...checks, skip(signedCallName, cause)];
    }
    const store = config.TOKEN_KEY ? createTokenStore({ pool, key: config.TOKEN_KEY, log }) : null;
    const token = await checkToken(config, store, context.clock);
    const called = await callIfAgreed({ ...parts, pool }, options, isAgreed);
    const usage = await checkUsage({ ...parts, pool }, called.notes);
    const { ALIBABA_APP_KEY: appKey, projectDir } = config;
    const ages = await checkPromisedAges({ pool, appKey, sync, projectDir, log });
    return [...checks, token, ...called.checks, ...usage, ...ages];
  });
}

/**
 * Checks what is not a file: database, token, quota and permissions, and the gateway if allowed. Makes no embedded
 * database just to check it.
 *
 * @throws AppError INTERRUPTED
 */
export async function checkServices(
  session: Session,
  config: Config,
  options: ServiceCheckOptions,
): Promise<Check[]> {
  const { log, context } = session;
  const sync = tryReadSyncConfig(config.projectDir);
  const isNew = !hasDatabase(config);
  if (isNew) {
    const probes = options.probes ? await listProbes({ config, sync }, null, context.clock.now()) : [];
    const wanted = { probes, isContract: options.onContract !== null };
    const refusal = await askForCalls(session, config, options.mayCall, wanted);
    const database = skip('database', 'none yet: the first sync creates the bundled one');
    if (refusal) return [database, await checkToken(config, null, context.clock), refusal];
  }
  try {
    return await withDatabase({ log, context, config }, (database) =>
      checkOpened({ session, config: config, sync, database }, options, isNew),
    );
  } catch (error) {
    if (error instanceof AppError && error.kind === cliErrors.INTERRUPTED) throw error;
    return [failed('database', error)];
  }
}
