import { AppError } from '../../core/errors.ts';
import { createPool } from '../../db/pool.ts';
import { createRawStore, type RawStore } from '../../raw/raw-store.ts';
import type { StoredAnswer } from '../../model/ledger.ts';
import { confirm } from '../../terminal/confirm.ts';
import { cliErrors } from '../../app/errors.ts';
import { commandSteps, sourceBanner, withApp } from '../../app/run-session.ts';
import type { Session } from '../../app/session.ts';
import { withExistingDatabase } from '../../app/with-database.ts';
import { formatWaiting } from '../../health/doctor/ask-patiently.ts';
import { requestFor, targetOf, type TargetOperation } from '../../extract/endpoints/target-request.ts';

/** Which answer to record: a stored one by its id, or the newest about a target. */
export type Wanted =
  | { readonly operation: TargetOperation; readonly rawId: string }
  | { readonly operation: TargetOperation; readonly target: string };

async function readRaw(session: Session, read: (raw: RawStore) => Promise<StoredAnswer | null>) {
  return withExistingDatabase(session, async ({ url }) => {
    const pool = createPool({ connectionString: url, max: 1, log: session.log });
    try {
      return await read(createRawStore({ pool }));
    } finally {
      await pool.end();
    }
  });
}

/**
 * An answer that is stored already, without a call.
 *
 * @throws AppError RECORD_NOT_FOUND, DATABASE_*, RAW_DAMAGED
 */
export async function findAnswer(session: Session, wanted: Wanted): Promise<StoredAnswer> {
  const answer = await readRaw(session, (raw) =>
    'rawId' in wanted
      ? raw.read(wanted.rawId)
      : raw.findNewest(wanted.operation, targetOf(wanted.operation, wanted.target)),
  );
  if (answer?.request.operation === wanted.operation) return answer;
  const message = `no answer of ${wanted.operation} is stored ${'rawId' in wanted ? `under raw id ${wanted.rawId}` : `about ${wanted.target}`}`;
  throw new AppError(cliErrors.RECORD_NOT_FOUND, message);
}

/**
 * Calls 1688 once, even if an answer is stored, and returns the new stored answer.
 *
 * @throws AppError RECORD_NOT_FOUND when the user or the quota refused; DATABASE_OTHER_SOURCE, GATEWAY_*,
 * AUTH_*, CREDENTIALS_MISSING
 */
export async function callForAnswer(
  session: Session,
  { operation, target }: Extract<Wanted, { readonly target: string }>,
  isAgreed: boolean,
): Promise<StoredAnswer> {
  const question = `Make one call of ${operation}? It counts against the quota.`;
  if (!isAgreed && !(await confirm(session.context, question))) {
    throw new AppError(cliErrors.RECORD_NOT_FOUND, 'the call was not made: --yes makes it without asking');
  }
  const sync = session.readSyncConfig();
  let rawId = '';
  await withApp(
    session,
    { sync },
    async ({ gateway, runs, source }) => {
      session.talk(sourceBanner(source));
      // The next run loads what is stored: invented and real answers must not meet.
      await runs.claimSource(source);
      const context = { runId: null, jobId: null, windowId: null, lane: 'manual', freshForMs: 0 } as const;
      const answer = await gateway.call(requestFor(operation, target, sync), context);
      if (answer.kind === 'waiting') {
        throw new AppError(cliErrors.RECORD_NOT_FOUND, `${operation} was ${formatWaiting(answer)}`);
      }
      rawId = answer.provenance.rawId;
    },
    { afterSignal: commandSteps, deadline: null },
  );
  // No window selected it, so it is not loaded into the catalog.
  if (operation.startsWith('search.')) {
    await readRaw(session, async (raw) => {
      await raw.keepOut(rawId);
      return null;
    });
  }
  return findAnswer(session, { operation, rawId });
}
