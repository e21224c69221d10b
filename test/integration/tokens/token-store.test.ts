import { createHook } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/core/secret.ts';
import { createSealer } from '../../../src/tokens/seal.ts';
import { sleep } from '../../../src/core/clock.ts';
import { describeTokens, forgetTokens, rotateTokenKey } from '../../../src/tokens/stored-tokens.ts';
import { createTokenStore } from '../../../src/tokens/token-store.ts';
import type { TokenSet } from '../../../src/model/token.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { until } from '../../support/until.ts';
import { silentLog } from '../../support/open-ledger.ts';

const appKey = '1234567';
const newKey = () => new Secret(randomBytes(32).toString('hex'));
const key = newKey();

let db: TestDatabase;
const pools: pg.Pool[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await db.drop();
});
beforeEach(() => db.pool.query('DELETE FROM sync.token'));

interface StoreOptions {
  key?: Secret;
  refreshTimeoutMs?: number;
}

/** A store as another process has it: with connections and memory of its own. */
function openStoreAndPool(options: StoreOptions = {}) {
  const pool = new pg.Pool({ connectionString: db.url, max: 3, idleTimeoutMillis: 0 });
  pool.on('error', () => undefined);
  pools.push(pool);
  return { pool, store: createTokenStore({ pool, log: silentLog, key, ...options }) };
}
const openStore = (options?: StoreOptions) => openStoreAndPool(options).store;

const tokens = (name: string): TokenSet => ({
  accessToken: new Secret(`access-${name}`),
  accessExpiresAt: new Date('2026-11-25T22:00:00Z'),
  refreshToken: new Secret(`refresh-${name}`),
  refreshExpiresAt: null,
});

const reveal = (set: TokenSet | null) =>
  set && [set.accessToken.reveal(), set.accessExpiresAt, set.refreshToken?.reveal(), set.refreshExpiresAt];

describe('stored tokens', () => {
  it('come back as they were, and the newest replace the others', async () => {
    const store = openStore();
    expect(await store.read(appKey)).toBeNull();
    await store.write(appKey, tokens('a'));
    await store.write(appKey, tokens('b'));
    expect(reveal(await store.read(appKey))).toEqual(reveal(tokens('b')));
    const selfUse = { ...tokens('c'), accessExpiresAt: null, refreshToken: null };
    await store.write(appKey, selfUse);
    expect(reveal(await store.read(appKey))).toEqual(['access-c', null, undefined, null]);
  });

  it('are nowhere in the table, and never encrypted twice alike', async () => {
    const store = openStore();
    const read = async () => {
      await store.write(appKey, tokens('a'));
      const { rows } = await db.pool.query<{ access_token: Buffer; row: string }>(
        `SELECT access_token, encode(access_token || refresh_token, 'escape') || t::text AS row FROM sync.token t`,
      );
      return rows[0];
    };
    const [first, second] = [await read(), await read()];
    expect(first?.row).not.toMatch(/access-a|refresh-a/);
    expect(first?.access_token.equals(second?.access_token ?? Buffer.alloc(0))).toBe(false);
  });

  it('under another key are refused with a plain error', async () => {
    await openStore().write(appKey, tokens('a'));
    await expect(openStore({ key: newKey() }).read(appKey)).rejects.toMatchObject({
      code: 'TOKEN_KEY_MISMATCH',
    });
  });

  it('of one app or kind do not open as those of another', async () => {
    const store = openStore();
    await store.write(appKey, tokens('a'));
    await db.pool.query('UPDATE sync.token SET app_key = $1', ['7654321']);
    await expect(store.read('7654321')).rejects.toMatchObject({ code: 'TOKEN_DAMAGED' });
    await store.write(appKey, tokens('a'));
    await db.pool.query('UPDATE sync.token SET access_token = refresh_token WHERE app_key = $1', [appKey]);
    await expect(store.read(appKey)).rejects.toMatchObject({ code: 'TOKEN_DAMAGED' });
  });

  it('do not open when a single bit was changed, wherever it is', () => {
    const sealer = createSealer(key);
    const sealed = sealer.seal('token', 'context');
    for (let n = 0; n < sealed.length; n++) {
      const changed = Buffer.from(sealed);
      changed[n] = (changed[n] ?? 0) ^ 1;
      expect(() => sealer.open(changed, 'context')).toThrow();
    }
    expect(() => sealer.open(sealed.subarray(0, 20), 'context')).toThrow(/do not decrypt/);
    expect(sealer.open(sealed, 'context')).toBe('token');
  });
});

describe('a refresh', () => {
  it('is done once by many processes and jobs that ask for it together', async () => {
    const stores = [openStore(), openStore(), openStore()];
    await openStore().write(appKey, tokens('old'));
    let refreshes = 0;
    const refresh = async (current: TokenSet) => {
      expect(current.refreshToken?.reveal()).toBe('refresh-old');
      refreshes += 1;
      await until(async () => {
        const { rows } = await db.pool.query<{ waiting: number }>(
          `SELECT count(*)::int AS waiting FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return (rows[0]?.waiting ?? 0) >= 2;
      });
      return tokens('new');
    };
    const asked = stores.flatMap((store) =>
      Array.from({ length: 5 }, () => store.refreshOnce(appKey, new Secret('access-old'), refresh)),
    );
    const got = await Promise.all(asked);
    expect(refreshes).toBe(1);
    expect(new Set(got.map((set) => set.accessToken.reveal()))).toEqual(new Set(['access-new']));
    expect(reveal(await openStore().read(appKey))).toEqual(reveal(tokens('new')));
  });

  it('is not done when somebody has already stored newer tokens', async () => {
    const store = openStore();
    await store.write(appKey, tokens('newer'));
    const got = await store.refreshOnce(appKey, new Secret('access-old'), () => {
      throw new Error('not needed');
    });
    expect(got.accessToken.reveal()).toBe('access-newer');
  });

  it('that fails leaves the tokens as they are and lets the next one try', async () => {
    const store = openStore();
    await store.write(appKey, tokens('old'));
    const stale = new Secret('access-old');
    const failing = store.refreshOnce(appKey, stale, async () => Promise.reject(new Error('refused')));
    await expect(failing).rejects.toThrow('refused');
    expect(reveal(await store.read(appKey))).toEqual(reveal(tokens('old')));
    const got = await store.refreshOnce(appKey, stale, async () => tokens('new'));
    expect(got.accessToken.reveal()).toBe('access-new');
  });

  it('that hangs ends after its time, for those who wait for it, too', async () => {
    const store = openStore({ refreshTimeoutMs: 2_000 });
    const other = openStore({ refreshTimeoutMs: 50 });
    await store.write(appKey, tokens('old'));
    const stale = new Secret('access-old');
    let started = false;
    const hanging = store.refreshOnce(appKey, stale, () => {
      started = true;
      return new Promise<TokenSet>(() => undefined);
    });
    hanging.catch(() => undefined);
    await until(() => started);
    const waiting = other.refreshOnce(appKey, stale, async () => tokens('new'));
    await expect(waiting).rejects.toMatchObject({ code: 'TOKEN_REFRESH_TIMEOUT' });
    await expect(hanging).rejects.toMatchObject({ code: 'TOKEN_REFRESH_TIMEOUT', recovery: 'retry' });
  });

  it('keeps what it got when its connection breaks meanwhile', async () => {
    const store = openStore();
    await store.write(appKey, tokens('old'));
    const got = await store.refreshOnce(appKey, new Secret('access-old'), async () => {
      await db.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND state = 'idle in transaction'`,
      );
      return tokens('new');
    });
    expect(got.accessToken.reveal()).toBe('access-new');
    expect(reveal(await store.read(appKey))).toEqual(reveal(tokens('new')));
  });

  it('is joined within a process, and takes one connection for all who ask for it', async () => {
    const { store, pool } = openStoreAndPool();
    await store.write(appKey, tokens('old'));
    let connections = 0;
    const refresh = async () => {
      connections = pool.totalCount;
      return tokens('new');
    };
    const stale = new Secret('access-old');
    const asked = [1, 2, 3].map(() => store.refreshOnce(appKey, stale, refresh));
    expect((await Promise.all(asked)).map((set) => set.accessToken.reveal())).toEqual(
      Array.from({ length: 3 }, () => 'access-new'),
    );
    expect(connections).toBe(1);
  });

  it.each<[string, StoreOptions, number]>([
    ['as long as it is told', { refreshTimeoutMs: 61_234 }, 61_234],
    ['a minute by itself', {}, 60_000],
  ])('may take %s, and leaves no timer', async (_name, options, refreshTimeoutMs) => {
    const store = openStore(options);
    await store.write(appKey, tokens('old'));
    const begun = new Set<number>();
    const ended = new Set<number>();
    const hook = createHook({
      init: (id, type, _, resource) => {
        const isOurs = '_idleTimeout' in resource && resource._idleTimeout === refreshTimeoutMs;
        if (type === 'Timeout' && isOurs) begun.add(id);
      },
      destroy: (id) => {
        if (begun.has(id)) ended.add(id);
      },
    }).enable();
    try {
      await store.refreshOnce(appKey, new Secret('access-old'), async () => tokens('new'));
      expect(begun.size).toBe(1);
      await until(() => ended.size === 1, { timeoutMs: 5_000, what: 'the timer of the refresh is gone' });
    } finally {
      hook.disable();
    }
  });

  it('for which Postgres does not take the time fails by that, and does not begin', async () => {
    const store = openStore({ refreshTimeoutMs: 2 ** 31 });
    await store.write(appKey, tokens('old'));
    let isBegun = false;
    const asked = store.refreshOnce(appKey, new Secret('access-old'), async () => {
      isBegun = true;
      return tokens('new');
    });
    await expect(asked).rejects.toMatchObject({ code: '22023' });
    expect(isBegun).toBe(false);
    expect(reveal(await store.read(appKey))).toEqual(reveal(tokens('old')));
  });

  it('keeps its row while it lasts, so that nobody else begins one', async () => {
    const store = openStore({ refreshTimeoutMs: 1_800 });
    const other = openStore({ refreshTimeoutMs: 20 });
    await store.write(appKey, tokens('old'));
    const stale = new Secret('access-old');
    const got = await store.refreshOnce(appKey, stale, async () => {
      await sleep(1_200);
      const second = other.refreshOnce(appKey, stale, async () => tokens('second'));
      await expect(second).rejects.toMatchObject({ code: 'TOKEN_REFRESH_TIMEOUT' });
      return tokens('new');
    });
    expect(got.accessToken.reveal()).toBe('access-new');
  });

  it('that waits and is refused for another reason does not say that it took too long', async () => {
    const [store, other] = [openStore(), openStore()];
    await store.write(appKey, tokens('old'));
    const stale = new Secret('access-old');
    await store.refreshOnce(appKey, stale, async () => {
      const waiting = other.refreshOnce(appKey, stale, async () => tokens('second'));
      const refused = expect(waiting).rejects.not.toMatchObject({ code: 'TOKEN_REFRESH_TIMEOUT' });
      await until(async () => {
        const { rowCount } = await db.pool.query(
          `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rowCount === 1;
      });
      await refused;
      return tokens('new');
    });
  });

  it('whose tokens can not be stored fails', async () => {
    const store = openStore();
    await store.write(appKey, tokens('old'));
    const endless = { ...tokens('new'), accessExpiresAt: new Date(Number.NaN) };
    const asked = store.refreshOnce(appKey, new Secret('access-old'), async () => endless);
    await expect(asked).rejects.toThrow();
    await expect(store.write('\u0000', tokens('new'))).rejects.toThrow();
    expect(reveal(await store.read(appKey))).toEqual(reveal(tokens('old')));
  });

  it('without stored tokens says that there are none', async () => {
    const asked = openStore().refreshOnce(appKey, new Secret('x'), async () => tokens('new'));
    await expect(asked).rejects.toMatchObject({ code: 'TOKEN_NOT_STORED' });
  });
});

describe('another key', () => {
  const other = newKey();
  const apps = ['1', '2', '3'];
  const rotate = () => rotateTokenKey(db.pool, { from: key, to: other });
  const storeAll = () => Promise.all(apps.map((app) => openStore().write(app, tokens(app))));

  it('takes over the tokens of all apps, which then open with it and not with the old one', async () => {
    await storeAll();
    expect(await rotate()).toEqual({ rotated: 3, already: 0 });
    for (const app of apps) {
      expect(reveal(await openStore({ key: other }).read(app))).toEqual(reveal(tokens(app)));
      await expect(openStore().read(app)).rejects.toMatchObject({ code: 'TOKEN_KEY_MISMATCH' });
    }
  });

  it('can be asked for again, and takes over what was stored with the old one meanwhile', async () => {
    await storeAll();
    await rotate();
    await openStore().write('2', tokens('late'));
    expect(await rotate()).toEqual({ rotated: 1, already: 2 });
    expect(reveal(await openStore({ key: other }).read('2'))).toEqual(reveal(tokens('late')));
    expect(await rotate()).toEqual({ rotated: 0, already: 3 });
  });

  it('is not said to be in use when the database refuses to store it', async () => {
    await storeAll();
    await db.pool.query(`ALTER TABLE sync.token ADD CONSTRAINT frozen CHECK (app_key = '') NOT VALID`);
    await expect(rotate()).rejects.toThrow();
    await db.pool.query('ALTER TABLE sync.token DROP CONSTRAINT frozen');
    expect(reveal(await openStore().read('1'))).toEqual(reveal(tokens('1')));
  });

  it('changes nothing when one of them opens with neither', async () => {
    await storeAll();
    await openStore({ key: newKey() }).write('2', tokens('foreign'));
    await expect(rotate()).rejects.toMatchObject({ code: 'TOKEN_KEY_MISMATCH' });
    expect(reveal(await openStore().read('1'))).toEqual(reveal(tokens('1')));
  });
});

describe('without the key', () => {
  it('one sees whether there are tokens, and when they end', async () => {
    expect(await describeTokens(db.pool, appKey)).toBeNull();
    await openStore().write(appKey, tokens('a'));
    expect(await describeTokens(db.pool, appKey)).toEqual({
      storedAt: expect.any(Date) as Date,
      accessExpiresAt: new Date('2026-11-25T22:00:00Z'),
      hasRefreshToken: true,
      refreshExpiresAt: null,
    });
  });

  it('tokens can be forgotten, those of one app only', async () => {
    await openStore().write(appKey, tokens('a'));
    await openStore().write('2', tokens('b'));
    expect(await forgetTokens(db.pool, appKey)).toBe(true);
    expect(await forgetTokens(db.pool, appKey)).toBe(false);
    expect(await openStore().read(appKey)).toBeNull();
    expect(reveal(await openStore().read('2'))).toEqual(reveal(tokens('b')));
  });
});
