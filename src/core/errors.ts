/**
 * What must be done about an error. One axis, so that a queue, a log line and a person read the same word.
 *
 * - `retry`: a normal attempt later (timeout, 5xx, deadlock, lost connection)
 * - `throttle`: wait `retryAfterMs`; costs no attempt
 * - `skip`: one record is bad; the batch goes on
 * - `fail`: refused, or our bug; trying again changes nothing
 * - `stop-api`: one API can't be called for now; the others go on
 * - `halt`: nothing can be called; the run ends, and a person must act unless the fault is one of 1688
 */
export type Recovery = 'retry' | 'throttle' | 'skip' | 'fail' | 'stop-api' | 'halt';

/** Who can end an error: whoever runs this (settings, servers, rights), the program, 1688, or the network between. */
export type Origin = 'operator' | 'catalog-sync' | '1688' | 'network';

/** A row of `docs/errors.md`: a stable code, whose it is, its recovery, and what a person should do. */
export interface ErrorKind {
  readonly code: string;
  readonly origin: Origin;
  readonly recovery: Recovery;
  readonly remedy: string;
  /** True: all work of a process fails with it at the same time, so that the log has one warning a second for it. */
  readonly isOutage?: true;
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
    origin: 'operator',
    recovery: 'halt',
    remedy: 'Correct the named variables in the environment, .env.local or .env, then start again.',
  },
  CONFIG_FILE_INVALID: {
    origin: 'operator',
    recovery: 'halt',
    remedy: 'Correct the named lines of catalog-sync.yaml; `catalog-sync doctor` checks it without any call.',
  },
  CONFIG_FILE_MISSING: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'Put the file into the folder of the project, as `catalog-sync init` does; `catalog-sync doctor --offline` then checks it without any call.',
  },
  CONFIG_FILE_UNREADABLE: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'Let this user read catalog-sync.yaml: check its owner and mode, and that it is a file and no folder.',
  },
  WATCH_LIST_NOT_SET: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'Add `offers_file:`, the file that `catalog-sync watch` edits, to a feed of catalog-sync.yaml, or name a feed that has one with --feed.',
  },
  WATCH_LIST_TOO_LONG: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'Increase `max_offers` of the named feed in catalog-sync.yaml, or leave it out; or take offers out of the file with `catalog-sync watch remove`.',
  },
  WATCH_LIST_UNREADABLE: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'Put the file inside the project folder, at the path that `offers_file:` of catalog-sync.yaml names, on every host that runs a worker: ids of offers or addresses of detail.1688.com, one a line.',
  },
  CREDENTIALS_MISSING: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'Put ALIBABA_APP_KEY and ALIBABA_APP_SECRET into .env.local (docs/go-live.md); `catalog-sync init` makes that file. `catalog-sync serve --sandbox` needs no keys: it shows an invented catalog.',
  },
  PROJECT_IS_DEMO: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'No setting is missing: `catalog-sync demo` plays the next day, and `catalog-sync status` and `catalog-sync doctor` show what is left of the quota of its sandbox. For an app of yours, use a folder outside of the demo (docs/go-live.md).',
  },
  SYSTEM_DISK_FULL: {
    origin: 'operator',
    recovery: 'retry',
    remedy: 'The disk of this machine, or a quota on it, is full. Free space on it, then start again.',
  },
  SYSTEM_ACCESS_REFUSED: {
    origin: 'operator',
    recovery: 'retry',
    remedy:
      'The operating system refused access to the named file, folder or socket. Check its owner and mode, and that its file system is not read-only.',
  },
  SYSTEM_LIMIT_REACHED: {
    origin: 'operator',
    recovery: 'retry',
    remedy:
      'This machine or user has no open files, processes or memory left. End other programs, or raise the limit (`ulimit -a` shows it).',
  },
  SYSTEM_NETWORK_FAILED: {
    origin: 'network',
    recovery: 'retry',
    remedy: 'Check the network, the name service and the firewall, and that the named address answers.',
  },
  SYSTEM_FAILED: {
    origin: 'operator',
    recovery: 'retry',
    remedy:
      'The operating system refused the named action. Look up its code (like EIO), check the named file or disk, then start again.',
  },
  INTERNAL: {
    origin: 'catalog-sync',
    recovery: 'fail',
    remedy: 'This is a bug in catalog-sync. Keep the log line with its stack and report it.',
  },
});

/** The text of anything thrown, for messages and facts. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const kindBySystemCode: ReadonlyMap<string, ErrorKind> = new Map([
  ...['ENOSPC', 'EDQUOT'].map((code) => [code, coreErrors.SYSTEM_DISK_FULL] as const),
  ...['EACCES', 'EPERM', 'EROFS'].map((code) => [code, coreErrors.SYSTEM_ACCESS_REFUSED] as const),
  ...['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'ENOBUFS'].map(
    (code) => [code, coreErrors.SYSTEM_LIMIT_REACHED] as const,
  ),
]);

/** Codes of sockets and of the resolver (errno(3), getaddrinfo(3)). */
const networkCode =
  /^E(AI_.*|NOTFOUND|PIPE|TIMEDOUT|CONN.*|HOST.*|NET.*|ADDR.*|NOTCONN|SHUTDOWN|PROTO|DESTADDRREQ)$/;

/**
 * The error that an operating system gave, in an error or below it: such are the fault of no program. Node sets
 * `syscall` in all of them, and in none of its own. Null: there is none.
 */
function findSystemError(error: unknown, depth = 0): { code: string; message: string } | null {
  if (!(error instanceof Error) || depth > 8) return null;
  const code = 'syscall' in error && 'code' in error ? error.code : null;
  if (typeof code === 'string' && code.startsWith('E')) return { code, message: error.message };
  return findSystemError(error instanceof AggregateError ? error.errors[0] : error.cause, depth + 1);
}

/** Anything thrown, as an AppError; what neither we nor the operating system named is our defect. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const refused = findSystemError(error);
  if (refused) {
    const { code, message } = refused;
    const other = networkCode.test(code) ? coreErrors.SYSTEM_NETWORK_FAILED : coreErrors.SYSTEM_FAILED;
    const kind = kindBySystemCode.get(code) ?? other;
    return new AppError(kind, message, { facts: { systemCode: code }, cause: error });
  }
  return new AppError(coreErrors.INTERNAL, errorMessage(error), { cause: error });
}
