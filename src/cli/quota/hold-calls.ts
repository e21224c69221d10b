import type { Command } from 'commander';
import { runErrors } from '../../runs/errors.ts';
import { zoneNote } from '../../core/format-time.ts';
import { shanghaiTime } from '../../core/shanghai-time.ts';
import type { QuotaAnswer } from './answer.ts';
import { formatHoldEnd } from './advise-quota.ts';
import { findHoldable, displayName, typedName } from './find-subject.ts';
import type { OpenQuota } from './open-quota.ts';
import { readQuota } from './read-quota.ts';

/** Stops the calls of an API, or with `*` all of the app, in all processes until an operator resumes them. */
export async function holdCalls(
  open: OpenQuota,
  text: string,
  reason: string | null,
  command: Command,
): Promise<QuotaAnswer> {
  const { api, name } = await findHoldable(open, text, command);
  const before = (await open.quota.listHolds()).find((hold) => hold.api === api);
  const { code } = runErrors.HELD_BY_HAND;
  await open.quota.holdApi({ api, code, forMs: null, reason });
  const [held] = (await readQuota(open)).holds.filter((hold) => hold.api === api);
  const ended =
    before === undefined || before.code === code
      ? []
      : [
          `This takes the place of the hold by ${before.code} since ${shanghaiTime(before.heldAt)} (Shanghai).`,
        ];
  return {
    lines: [
      `${displayName(name)}: held until \`catalog-sync quota resume ${typedName(name)}\`. Calls in flight still finish.`,
      ...ended,
    ],
    data: held,
  };
}

/** Ends the hold of an API, or with `*` that of the app, whatever its cause. */
export async function resumeCalls(open: OpenQuota, text: string, command: Command): Promise<QuotaAnswer> {
  const { api, name } = await findHoldable(open, text, command);
  const wasHeld = await open.quota.resumeApi(api);
  const { holds } = await readQuota(open);
  // For an API, only the hold of the app is left; for the app, all other holds are.
  const left = holds.filter((hold) => api === '*' || hold.api === '*');
  return {
    lines: [
      `${displayName(name)}: ${wasHeld ? 'no longer held' : 'not held'}.`,
      ...left.map(
        (hold) => `${displayName(hold.name)}: still held, by ${hold.code}, ${formatHoldEnd(hold)}.`,
      ),
      ...(left.some(({ heldUntil, probeAfter }) => heldUntil !== null || probeAfter !== null)
        ? [zoneNote]
        : []),
    ],
    data: { api, name, wasHeld, stillHeld: left },
  };
}
