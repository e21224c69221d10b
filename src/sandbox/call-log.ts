/** One request as the gateway saw it. */
export interface LoggedCall {
  /** From 1, in order of arrival. */
  readonly sequence: number;
  /** The header `x-request-id` of the caller. */
  readonly requestId: string | null;
  /** `namespace:name:version`. */
  readonly api: string;
  /** Sandbox time of arrival, ISO 8601. */
  readonly at: string;
  /** 0 when the connection was cut before an answer. */
  readonly httpStatus: number;
  /** `ok`, `401`, `gw.X`, `oauth`, or `fault:` and its kind. */
  readonly outcome: string;
  /** It passed the signature, so it was counted against the quotas. OAuth calls are not signed. */
  readonly isCounted: boolean;
}

interface Row {
  readonly requestId: string | null;
  readonly api: string;
  readonly at: number;
  httpStatus: number;
  outcome: string;
  isCounted: boolean;
}

/** An open entry: what is not known at arrival is filled in later. */
export interface LogEntry {
  /** Says that the signature was good. */
  count(): void;
  isCounted(): boolean;
  end(httpStatus: number, outcome: string): void;
}

/** At 500,000 rows of about 100 bytes the log drops its older half; at half of that, long test runs lose calls. */
const maxRows = 500_000;

export interface CallLog {
  open(call: { readonly requestId: string | null; readonly api: string; readonly at: number }): LogEntry;
  /** How many of the oldest calls were dropped to save memory. */
  dropped(): number;
  /** Calls after a sequence number and at or after an instant, in order of arrival. */
  list(after: number, since: number): readonly LoggedCall[];
}

/** Keeps every call in memory, small. */
export function createCallLog(): CallLog {
  let rows: Row[] = [];
  let dropped = 0;
  return {
    open({ requestId, api, at }) {
      if (rows.length >= maxRows) {
        dropped += maxRows / 2;
        rows = rows.slice(maxRows / 2);
      }
      const row: Row = { requestId, api, at, httpStatus: 0, outcome: 'in_flight', isCounted: false };
      rows.push(row);
      return {
        count: () => {
          row.isCounted = true;
        },
        isCounted: () => row.isCounted,
        end: (httpStatus, outcome) => {
          row.httpStatus = httpStatus;
          row.outcome = outcome;
        },
      };
    },
    dropped: () => dropped,
    list: (after, since) => {
      const first = Math.max(0, after - dropped);
      return rows.slice(first).flatMap((row, i) => {
        if (row.at < since) return [];
        return [{ sequence: dropped + first + i + 1, ...row, at: new Date(row.at).toISOString() }];
      });
    },
  };
}
