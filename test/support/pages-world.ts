import type { WebDeps } from '../../src/web/web-deps.ts';
import { appKey, openLedger, type OpenLedger } from './open-ledger.ts';
import { openWebWorld, type WebWorld } from './web-world.ts';

export interface PagesWorld {
  readonly ledger: OpenLedger;
  readonly web: WebWorld;
  execute(sql: string, ...values: readonly unknown[]): Promise<void>;
  /** The page of the address; fails the test unless it is there. */
  get(path: string): Promise<string>;
  close(): Promise<void>;
}

/** Pages over a ledger whose clock stands at a time, with rows that the test puts there. */
export async function openPagesWorld(time: string, deps: Partial<WebDeps> = {}): Promise<PagesWorld> {
  const ledger = await openLedger();
  await ledger.setTime(time);
  const web = await openWebWorld({ database: ledger.db, env: { ALIBABA_APP_KEY: appKey }, deps });
  return {
    ledger,
    web,
    execute: async (sql, ...values) => {
      await ledger.db.pool.query(sql, [...values]);
    },
    get: async (path) => {
      const response = await web.request(path);
      if (response.status !== 200) throw new Error(`${path}: ${String(response.status)}`);
      return response.text();
    },
    close: async () => {
      await web.close();
      await ledger.db.drop();
    },
  };
}
