import { countOf } from '../core/count-of.ts';
import { hourMs, minuteMs } from '../core/duration.ts';
import { runLeadMs, type BrokenPromise } from '../refresh/promised-ages.ts';
import { askedForCalls } from '../refresh/forecast/call-limits.ts';

/** `6h`, `45m` or `9h36m`. */
function formatAge(ms: number): string {
  // From the rounded value: an hour less a second is `1h`, and not `60m`.
  const whole = Math.round(ms / minuteMs) * minuteMs;
  const [hours, minutes] = [Math.floor(whole / hourMs), (whole % hourMs) / minuteMs];
  return `${hours > 0 ? `${String(hours)}h` : ''}${minutes > 0 || hours === 0 ? `${String(minutes)}m` : ''}`;
}

/** In the form of the sync file: one number and one unit. */
function formatSetting(ms: number): string {
  return ms % hourMs === 0 ? `${String(ms / hourMs)}h` : `${String(ms / minuteMs)}m`;
}

const count = (value: number, one: string) => countOf(Math.ceil(value), one);

/** What is wrong with a promised age, and what would hold. For people; one sentence each. */
export function describePromise(broken: BrokenPromise): {
  readonly problem: string;
  readonly remedy: string;
} {
  const { feed, offers, maxAgeMs, runEveryMs, cause, heldMs, neededPerDay, callsPerDay } = broken;
  const promise = `max_age ${formatAge(maxAgeMs)} of feed ${feed} cannot be held`;
  const isHeld = Number.isFinite(heldMs);
  const age = `${formatAge(heldMs)} can be held (max_age: ${formatSetting(heldMs)})`;
  if (cause === 'runs')
    return {
      problem: `${promise}: its runs are up to ${formatAge(runEveryMs)} apart`,
      remedy: `${isHeld ? `${age}; or schedule` : 'Schedule'} runs at most ${formatAge(maxAgeMs - runLeadMs - minuteMs)} apart`,
    };
  const ask = `ask for ${count(askedForCalls(neededPerDay), 'call')} a day`;
  return {
    problem: `${promise}: all promised ages need ${count(neededPerDay, 'detail call')} a day, and runs have ${Math.ceil(callsPerDay).toLocaleString('en')}`,
    remedy: isHeld
      ? `With ${count(offers, 'offer')} at these calls, ${age}; or ${ask}`
      : `Free the API, or ${ask}`,
  };
}
