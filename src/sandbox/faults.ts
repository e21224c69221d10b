import type { Draw } from './world/draw.ts';

/** What can go wrong between a good answer and its reader. */
export type FaultKind =
  | 'server_error' // HTTP 5xx with an HTML page
  | 'hang' // no answer, ever
  | 'reset' // the connection is reset before an answer
  | 'cut' // the connection ends in the middle of the body
  | 'truncate' // the body is complete for HTTP, but half of the JSON is missing
  | 'html' // HTTP 200 with a page in place of JSON
  | 'oversize' // a body of many megabytes
  | 'bad_charset' // bytes that are not UTF-8
  | 'redirect' // HTTP 302 to another place
  | 'gateway_error'; // an error of the gateway, with HTTP 200 unless said otherwise

export const faultKinds: readonly FaultKind[] = [
  'server_error',
  'hang',
  'reset',
  'cut',
  'truncate',
  'html',
  'oversize',
  'bad_charset',
  'redirect',
  'gateway_error',
];

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
