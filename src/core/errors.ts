/**
 * What must be done about an error. One axis, so that a queue, a log line and a person read the same word.
 *
 * - `retry`: a normal attempt later (timeout, 5xx, deadlock, lost connection)
 * - `throttle`: wait `retryAfterMs`; costs no attempt
 * - `skip`: one record is bad; the batch goes on
 * - `fail`: refused, or our bug; trying again changes nothing
 * - `stop-api`: one API can't be called for now; the others go on
 * - `halt`: nothing can be called; the run ends and a person must act
 */
export type Recovery = 'retry' | 'throttle' | 'skip' | 'fail' | 'stop-api' | 'halt';

/** A row of `docs/errors.md`: a stable code, its recovery, and what a person should do. */
export interface ErrorKind {
  readonly code: string;
  readonly recovery: Recovery;
  readonly remedy: string;
}

/** Ids, counts and codes that make an error traceable. Never bodies, parameters, tokens or urls with queries. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean | null>>;

export interface AppErrorOptions {
  readonly facts?: ErrorFacts;
  readonly cause?: unknown;
  /** How long to wait before the next try, in milliseconds. Only `throttle` and `stop-api` carry it. */
  readonly retryAfterMs?: number;
}

/** The one error type that crosses rooms. Its message says the consequence; `kind.remedy` the next step. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly kind: ErrorKind;
  readonly facts: ErrorFacts;
  readonly retryAfterMs: number | undefined;

  constructor(kind: ErrorKind, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.facts = options.facts ?? {};
    this.retryAfterMs = options.retryAfterMs;
  }

  get code(): string {
    return this.kind.code;
  }

  get recovery(): Recovery {
    return this.kind.recovery;
  }
}

/**
 * Turns a table `CODE -> {recovery, remedy}` into error kinds that know their own code. Each room keeps one
 * such table; a test holds their union against `docs/errors.md`.
 */
export function defineErrors<T extends Record<string, Omit<ErrorKind, 'code'>>>(
  table: T,
): { readonly [K in keyof T]: ErrorKind } {
  return Object.fromEntries(Object.entries(table).map(([code, row]) => [code, { code, ...row }])) as {
    readonly [K in keyof T]: ErrorKind;
  };
}

export const coreErrors = defineErrors({
  CONFIG_INVALID: {
    recovery: 'halt',
    remedy: 'Correct the named variables in the environment, .env.local or .env, then start again.',
  },
  CONFIG_FILE_INVALID: {
    recovery: 'halt',
    remedy: 'Correct the named lines of catalog-sync.yaml; `catalog-sync doctor` checks it without any call.',
  },
  CREDENTIALS_MISSING: {
    recovery: 'halt',
    remedy:
      'Put ALIBABA_APP_KEY and ALIBABA_APP_SECRET into .env.local (docs/go-live.md), or try `catalog-sync demo`, which needs none.',
  },
  INTERNAL: {
    recovery: 'fail',
    remedy: 'This is a bug in catalog-sync. Keep the log line with its stack and report it.',
  },
});

/** The text of anything thrown, for messages and facts. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Anything thrown, as an AppError; what nobody classified is our defect. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError(coreErrors.INTERNAL, errorMessage(error), { cause: error });
}
