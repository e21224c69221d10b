import { Secret } from '../../core/secret.ts';
import { createRawStore } from '../../raw/raw-store.ts';
import { createStatusStore } from '../../health/status-store.ts';
import type { ApiOperation } from '../../model/known-apis.ts';
import type { OpenDatabase } from '../open-database.ts';
import type { TargetOperation } from '../../extract/endpoints/target-request.ts';
import type { Session } from '../session.ts';
import { readSyncConfig } from '../../config/read-sync-config.ts';
import { signedCallName } from './ask-for-calls.ts';
import { failed, type Check } from '../../health/doctor/check.ts';
import { checkGateway } from '../../health/doctor/check-gateway.ts';
import type { UsageParts } from '../../health/doctor/check-usage.ts';
import { openGateway, type OpenGateway } from './open-gateway.ts';
import { probeApis, type Probed } from '../../health/doctor/probe-apis.ts';

export interface CallParts extends UsageParts {
  readonly session: Session;
  readonly database: OpenDatabase;
}

export interface Called {
  readonly checks: readonly Check[];
  /** Why an API is still not known although it was to be asked. */
  readonly notes: ReadonlyMap<ApiOperation, string>;
}

async function probe(
  { pool, config }: CallParts,
  { gateway, claimSource }: OpenGateway,
  operations: readonly TargetOperation[],
): Promise<Probed> {
  // The next run loads the answers: invented and real ones must not meet.
  await claimSource();
  return probeApis(
    {
      gateway,
      raw: createRawStore({ pool }),
      sync: readSyncConfig(config.projectDir),
      subjects: await createStatusStore({ pool }).findSubjects(),
    },
    operations,
  );
}

/** Makes the signed call, and when it was accepted one call of each of the operations. Never throws. */
export async function makeCalls(parts: CallParts, operations: readonly TargetOperation[]): Promise<Called> {
  const { session, config, database } = parts;
  const checks: Check[] = [];
  let notes: Called['notes'] = new Map();
  try {
    const sync = readSyncConfig(config.projectDir);
    const opened = await openGateway({ config, sync, databaseUrl: new Secret(database.url) }, session);
    try {
      const raw = createRawStore({ pool: parts.pool });
      checks.push(await checkGateway({ gateway: opened.gateway, raw, sync, clock: session.context.clock }));
      // The signed call has asked for categories.
      const others = operations.filter((operation) => operation !== 'category.children');
      if (others.length > 0 && checks.every(({ status }) => status !== 'fail')) {
        const probed = await probe(parts, opened, others);
        notes = probed.notes;
        if (probed.halted) checks.push(failed('probes', probed.halted));
      }
    } finally {
      await opened.close();
    }
  } catch (error) {
    checks.push(failed(checks.length === 0 ? signedCallName : 'probes', error));
  }
  return { checks, notes };
}
