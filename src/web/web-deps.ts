import type { OperatorActions } from '../runs/operator-actions.ts';
import type { Context } from 'hono';
import type { HttpBindings } from '@hono/node-server';
import type { Clock } from '../core/clock.ts';
import type { Origin, Recovery } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Secret } from '../core/secret.ts';
import type { PlannedDay } from '../model/overview.ts';
import type { ApiPermission } from '../model/permission.ts';
import type { StoredAnswer } from '../model/ledger.ts';
import type { QueuesToSee } from '../jobs/queues-to-see.ts';
import type { PoolUse } from '../db/pool.ts';
import type { MetricsStore } from './metrics/metrics-store.ts';
import type { CatalogCount } from './reads/overview-pages.ts';
import type { PageStores } from './reads/page-stores.ts';
import type { Counted } from './keep-counted.ts';
import type { Remembered } from './remember.ts';
import type { Session } from './guard/sessions.ts';

/** Who may read the pages. */
export interface WebAccess {
  /** Where to listen. */
  readonly host: string;
  /** Null: none is required, which is allowed on this machine only. */
  readonly token: Secret | null;
  /** Host names, in addition to those of this machine, that browsers may use. */
  readonly allowedHosts: readonly string[];
  /** Addresses and ranges of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
}

/** The result of a check of `catalog-sync doctor`. */
export interface DoctorCheck {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail' | 'skip';
  /** One or more lines. */
  readonly message: string;
  readonly advice: string | null;
  /** Of the API that it is about; without it: it is about none. */
  readonly permission?: Pick<ApiPermission, 'observed' | 'declared'>;
}

/** All checks of `catalog-sync doctor --offline`. */
export interface DoctorReport {
  readonly checks: readonly DoctorCheck[];
  readonly apiNames: readonly {
    readonly guideName: string;
    readonly api: string;
    readonly explanation: string;
  }[];
  readonly next: string;
  readonly at: Date;
}

/** What happens automatically after an error, and what the operator should do. */
export interface Remedy {
  readonly origin: Origin;
  readonly recovery: Recovery;
  readonly remedy: string;
}

/** The next slot of a schedule. */
export interface NextRun {
  readonly schedule: string;
  readonly at: Date;
}

/** A login at 1688, begun and ended in one browser session. */
export interface WebConnect {
  /** The callback url of the app, whose host the browser must be at. */
  readonly redirectUri: string;
  /** Returns the url of the page on which 1688 asks for consent. */
  begin(sessionId: string): string;
  /** Exchanges the code and stores the tokens. @throws AppError AUTH_*, TOKEN_*, GATEWAY_* */
  finish(sessionId: string, query: URLSearchParams): Promise<void>;
}

/** Where pages get the pictures of offers from. */
export type ImageSource =
  /** A sandbox on this machine draws them; this server passes them on. */
  | { readonly kind: 'sandbox'; readonly origin: string }
  /** From 1688's own hosts, without a referrer. */
  | { readonly kind: 'remote' }
  /** Not at all: they are linked. */
  | { readonly kind: 'link' };

/** The parts of `/metrics`. */
export interface MetricsSource {
  /** Null: no token is needed if the pages need none either; otherwise access is refused. */
  readonly token: Secret | null;
  readonly store: MetricsStore;
  /** Of this process, by name. */
  readonly pools: Readonly<Record<string, PoolUse>>;
}

/** The parts of the pages. */
export interface WebDeps {
  readonly stores: PageStores;
  readonly access: WebAccess;
  readonly metrics: MetricsSource;
  /** Rejects while a service that the work needs is down. */
  readonly checkReady: () => Promise<void>;
  /** Null: no schedule has a next slot. */
  readonly nextRun: (now: Date) => Promise<NextRun | null>;
  /** Null: there is no schedule and no active run, or no sync file, so nothing says what will be called. */
  readonly planToday: (now: Date) => Promise<PlannedDay | null>;
  readonly catalog: Counted<CatalogCount>;
  /** Makes no call. */
  readonly doctor: Remembered<DoctorReport>;
  /** An answer as it is stored; null: it is not, or no longer. @throws AppError RAW_DAMAGED */
  readonly readAnswer: (rawId: string) => Promise<StoredAnswer | null>;
  readonly findRemedy: (code: string) => Remedy | null;
  /** How the program was started: pages have it in place of `catalog-sync`. */
  readonly command: string;
  /** Null: the pages are read-only; `readOnlyReason` says why. */
  readonly actions: OperatorActions | null;
  readonly readOnlyReason: string;
  /** Null: what a login needs is not set. */
  readonly connect: WebConnect | null;
  readonly imageSource: ImageSource;
  /** `mayChange`: their board may act on jobs. */
  readonly queues: QueuesToSee & { readonly mayChange: boolean };
  /** Aborts when the process is stopped: streams end. */
  readonly drain: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What hono keeps for a request. */
export interface WebEnv {
  Bindings: HttpBindings;
  Variables: {
    session: Session;
    /** What forms of the session carry. */
    csrf: string;
  };
}

export type WebContext = Context<WebEnv>;
