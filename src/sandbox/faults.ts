import type { Draw } from './world/draw.ts';

/** What can go wrong on the way of a good answer. */
const transportFaults = [
  'server_error', // HTTP 5xx with an HTML page
  'hang', // no answer, ever
  'drip', // the headers at once, then a byte every half second
  'reset', // the connection is reset before an answer
  'reset_body', // the connection is reset in the middle of the body
  'cut', // the connection ends in the middle of the body
  'truncate', // the body is complete for HTTP, but half of the JSON is missing
  'html', // HTTP 200 with a page in place of JSON
  'oversize', // a body of many megabytes
  'bad_charset', // bytes that are not UTF-8
  'redirect', // HTTP 302 to another place
  'gateway_error', // an error of the gateway, with HTTP 200 unless said otherwise
] as const;

/** What can be wrong in an answer that arrives well; each touches only answers that have what it is about. */
const contentFaults = [
  'not_ready', // 500_2: the API wants to be asked again
  'refuse', // the API refuses in its own words, with a code that nobody knows
  'vanish', // a detail is empty: the offer is gone since search listed it
  'repeat_page', // every page of a search is its first
  'slip', // a page of a search lacks its first row
  'duplicate', // a page of a search has its first row twice
  'empty', // a search succeeds and finds nothing
  'halved', // a search succeeds and knows of half of its records, the first ones
  'off_by_one', // a search counts one record more than there are
  'mixed_forms', // prices, shares, flags, ids, dates and urls in other forms of the same meaning
  'hostile_titles', // markup, terminal escapes, text that runs backwards, formulas, what is no text
  'absurd_prices', // list prices that are no prices
  'category_cycle', // a category names its own parent among its children
] as const;

export type TransportFault = (typeof transportFaults)[number];
export type ContentFault = (typeof contentFaults)[number];
export type FaultKind = TransportFault | ContentFault;

export const faultKinds: readonly FaultKind[] = [...transportFaults, ...contentFaults];

/** Whether the answer itself is changed, and not its way. */
export function isContentFault(kind: FaultKind): kind is ContentFault {
  return contentFaults.some((known) => known === kind);
}

/** One switch. It acts on answers to calls that passed the signature (and so were counted), and on OAuth. */
export interface Fault {
  readonly kind: FaultKind;
  /** `namespace:name:version`; absent: any. */
  readonly api?: string;
  /** Only the next so many calls; absent: until the switch is taken away. */
  readonly count?: number;
  /** Share of calls that it hits, drawn from the seed; absent: all. */
  readonly rate?: number;
  /** HTTP status of `server_error` (500) and `gateway_error` (200). */
  readonly status?: number;
  /** `error_code` of `gateway_error`. */
  readonly code?: string;
  readonly message?: string;
}

export interface Faults {
  /** Replaces all switches. */
  set(faults: readonly Fault[]): void;
  /** The fault that hits this call, if any; uses up one of its count. */
  take(api: string): Fault | null;
}

interface Switch {
  readonly fault: Fault;
  seen: number;
  left: number;
}

/** The first switch that applies wins. The same seed and the same calls give the same faults. */
export function createFaults(initial: readonly Fault[], draw: Draw): Faults {
  const arm = (faults: readonly Fault[]) =>
    faults.map((fault): Switch => ({ fault, seen: 0, left: fault.count ?? Infinity }));
  let switches = arm(initial);
  return {
    set: (faults) => {
      switches = arm(faults);
    },
    take: (api) => {
      const hit = switches.find(
        (item, i) =>
          item.left > 0 &&
          (item.fault.api ?? api) === api &&
          draw.child('switch', i).chance('hit', item.fault.rate ?? 1, item.seen++),
      );
      if (hit === undefined) return null;
      hit.left -= 1;
      return hit.fault;
    },
  };
}
