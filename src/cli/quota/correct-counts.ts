import type { Command } from 'commander';
import type { QuotaAnswer } from './answer.ts';
import { adviseSpent } from './advise-quota.ts';
import { findSubject, typedName, type QuotaSubject } from './find-subject.ts';
import { formatNamedLimit } from './format-quota.ts';
import type { OpenQuota } from './open-quota.ts';
import { readQuota, type ShownLimit } from './read-quota.ts';

export type ConsoleNumbers = Readonly<Partial<Record<'day' | 'month', number>>>;

const hasAllowance = ({ period }: ShownLimit): boolean => period === 'day' || period === 'month';

/** The days' and months' limits in which calls of an API (of a group, of the app) count. */
async function listCounting(open: OpenQuota, { api }: QuotaSubject): Promise<ShownLimit[]> {
  const counted = [api, '*', ...(await open.report.listGroupsOf(api))];
  const { limits } = await readQuota(open);
  return limits.filter((limit) => hasAllowance(limit) && counted.includes(limit.api));
}

/** Counts calls that others made today with the same key, as if they had been made here. */
export async function addExternal(
  open: OpenQuota,
  text: string,
  calls: number,
  command: Command,
): Promise<QuotaAnswer> {
  const subject = await findSubject(open, text, command);
  if ((await listCounting(open, subject)).length === 0)
    command.error(
      `error: ${typedName(subject.name)} has no limit of a day or month, so nothing would be counted`,
    );
  await open.corrections.recordExternal(open.appKey, subject.api, calls);
  const counted = await listCounting(open, subject);
  const inWords = `${calls.toLocaleString('en')} ${calls === 1 ? 'call' : 'calls'}`;
  return { lines: [`Counted ${inWords} of others.`, ...counted.map(formatNamedLimit)], data: counted };
}

/** Makes what is used the numbers that 1688's console shows, and ends that periods count as spent. */
export async function reconcileCounts(
  open: OpenQuota,
  text: string,
  numbers: ConsoleNumbers,
  command: Command,
): Promise<QuotaAnswer> {
  const wanted = (['day', 'month'] as const).flatMap((period) => {
    const shown = numbers[period];
    return shown === undefined ? [] : [{ period, shown }];
  });
  if (wanted.length === 0) command.error('error: give what the console shows: --day, --month or both');
  const { api, name } = await findSubject(open, text, command);
  const known = (await readQuota(open)).limits.filter((limit) => limit.api === api);
  const unknown = wanted.find(({ period }) => !known.some((limit) => limit.period === period));
  if (unknown)
    command.error(`error: ${typedName(name)} has no limit of a ${unknown.period}, so nothing is counted`);
  const kept: string[] = [];
  for (const { period, shown } of wanted) {
    const used = await open.corrections.reconcile(open.appKey, api, period, shown);
    if (used !== null && used > shown)
      kept.push(
        `Of this ${period}, ${used.toLocaleString('en')} ${used === 1 ? 'call was' : 'calls were'} granted by catalog-sync: they stay counted, because the console may show calls late.`,
      );
  }
  const { limits } = await readQuota(open);
  const changed = limits.filter(
    (limit) => limit.api === api && wanted.some((one) => one.period === limit.period),
  );
  return { lines: [...changed.map(formatNamedLimit), ...kept, ...adviseSpent(limits)], data: changed };
}
