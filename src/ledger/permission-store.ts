import { and, eq, getTableColumns, isNotNull } from 'drizzle-orm';
import type { Pool } from 'pg';
import type { ApiPermission, Application, DeclaredState } from '../model/permission.ts';
import { drizzleOn } from '../db/database.ts';
import { runInTransaction } from '../db/run-in-transaction.ts';
import { apiPermission, application } from '../schema/sync.ts';
import { apiHold } from '../schema/usage.ts';

export interface Declaration {
  readonly declared: DeclaredState;
  /** Its day, as the first moment of the day in Asia/Shanghai. */
  readonly declaredAt: Date;
}

export interface ApiDeclaration extends Declaration {
  readonly api: string;
  /** Null: as declared before. */
  readonly approvedDaily: number | null;
  readonly approvedMonthly: number | null;
}

/** What an app may call, as declared by its operator and as shown by calls. The ledger writes the latter. */
export interface PermissionStore {
  readApplication(): Promise<Application>;
  /** APIs that were declared or called; other APIs are neither applied for nor known. */
  listApis(): Promise<ApiPermission[]>;
  declareApplication(declaration: Declaration): Promise<void>;
  /** A grant also ends the hold of the API, so that it is tried at once. */
  declareApi(declaration: ApiDeclaration): Promise<void>;
}

export interface PermissionStoreOptions {
  readonly pool: Pool;
  readonly appKey: string;
}

const unknownApplication: Application = {
  observed: 'unknown',
  observedAt: null,
  observedCallId: null,
  declared: 'not_applied',
  declaredAt: null,
};

async function declareApi({ pool, appKey }: PermissionStoreOptions, wanted: ApiDeclaration): Promise<void> {
  const { api, declared, declaredAt, approvedDaily, approvedMonthly } = wanted;
  await runInTransaction(pool, async (client) => {
    const db = drizzleOn(client);
    await db
      .insert(apiPermission)
      .values({ appKey, api, declared, declaredAt, approvedDaily, approvedMonthly })
      .onConflictDoUpdate({
        target: [apiPermission.appKey, apiPermission.api],
        set: {
          declared,
          declaredAt,
          ...(approvedDaily === null ? {} : { approvedDaily }),
          ...(approvedMonthly === null ? {} : { approvedMonthly }),
        },
      });
    if (declared === 'granted') {
      await db.delete(apiHold).where(and(eq(apiHold.api, api), isNotNull(apiHold.probeAfter)));
    }
  });
}

/** Over `sync.application` and `sync.api_permission`, for one app. */
export function createPermissionStore(options: PermissionStoreOptions): PermissionStore {
  const { appKey } = options;
  const db = drizzleOn(options.pool);
  return {
    readApplication: async () => {
      const { appKey: key, ...shown } = getTableColumns(application);
      const [found] = await db.select(shown).from(application).where(eq(key, appKey));
      return found ?? unknownApplication;
    },
    listApis: () => {
      const { appKey: key, ...shown } = getTableColumns(apiPermission);
      return db.select(shown).from(apiPermission).where(eq(key, appKey)).orderBy(apiPermission.api);
    },
    declareApplication: async ({ declared, declaredAt }) => {
      await db
        .insert(application)
        .values({ appKey, declared, declaredAt })
        .onConflictDoUpdate({ target: application.appKey, set: { declared, declaredAt } });
    },
    declareApi: (declaration) => declareApi(options, declaration),
  };
}
