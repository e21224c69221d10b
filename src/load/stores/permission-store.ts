import type { Pool } from 'pg';
import type { ApiPermission, Application, DeclaredState } from '../../model/permission.ts';
import { runInTransaction } from '../run-in-transaction.ts';

export interface Declaration {
  readonly declared: DeclaredState;
  /** The day of it, as its first moment in Asia/Shanghai. */
  readonly declaredAt: Date;
}

export interface ApiDeclaration extends Declaration {
  readonly api: string;
  /** Null: as declared before. */
  readonly approvedDaily: number | null;
  readonly approvedMonthly: number | null;
}

/** What an app may call, by its operator's word and by what calls showed. The ledger writes the latter. */
export interface PermissionStore {
  readApplication(): Promise<Application>;
  /** APIs that were declared or called; the others are not applied for and unknown. */
  listApis(): Promise<ApiPermission[]>;
  declareApplication(declaration: Declaration): Promise<void>;
  /** A grant also ends the hold of the API, so that it is tried at once. */
  declareApi(declaration: ApiDeclaration): Promise<void>;
}

export interface PermissionStoreOptions {
  readonly pool: Pool;
  readonly appKey: string;
}

const states = `observed, observed_at AS "observedAt", observed_call_id AS "observedCallId", declared,
                declared_at AS "declaredAt"`;

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
    await client.query(
      `INSERT INTO sync.api_permission AS p
         (app_key, api, declared, declared_at, approved_daily, approved_monthly)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (app_key, api) DO UPDATE
       SET declared = excluded.declared, declared_at = excluded.declared_at,
           approved_daily = coalesce(excluded.approved_daily, p.approved_daily),
           approved_monthly = coalesce(excluded.approved_monthly, p.approved_monthly)`,
      [appKey, api, declared, declaredAt, approvedDaily, approvedMonthly],
    );
    if (declared === 'granted') {
      await client.query('DELETE FROM usage.api_hold WHERE api = $1 AND probe_after IS NOT NULL', [api]);
    }
  });
}

/** Over `sync.application` and `sync.api_permission`, for one app. */
export function createPermissionStore(options: PermissionStoreOptions): PermissionStore {
  const { pool, appKey } = options;
  return {
    readApplication: async () => {
      const { rows } = await pool.query<Application>(
        `SELECT ${states} FROM sync.application WHERE app_key = $1`,
        [appKey],
      );
      return rows[0] ?? unknownApplication;
    },
    listApis: async () => {
      const { rows } = await pool.query<ApiPermission>(
        `SELECT api, ${states}, approved_daily AS "approvedDaily", approved_monthly AS "approvedMonthly"
         FROM sync.api_permission WHERE app_key = $1 ORDER BY api`,
        [appKey],
      );
      return rows;
    },
    declareApplication: async ({ declared, declaredAt }) => {
      await pool.query(
        `INSERT INTO sync.application (app_key, declared, declared_at) VALUES ($1, $2, $3)
         ON CONFLICT (app_key) DO UPDATE SET declared = excluded.declared, declared_at = excluded.declared_at`,
        [appKey, declared, declaredAt],
      );
    },
    declareApi: (declaration) => declareApi(options, declaration),
  };
}
