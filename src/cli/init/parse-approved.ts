import { InvalidArgumentError } from 'commander';
import { apiOperations, type ApiOperation } from '../../model/known-apis.ts';
import type { ApprovedCalls } from '../../model/sync-config.ts';

/** Approved calls by operation. */
export type ApprovedByOperation = Readonly<Partial<Record<ApiOperation, ApprovedCalls>>>;

/** Reads `offer.detail=1000/30000` or `offer.detail=1000`, next to those before. @throws InvalidArgumentError */
export function parseApproved(text: string, before: ApprovedByOperation = {}): ApprovedByOperation {
  const [, name, daily, monthly] = /^([\w.]+)=([1-9]\d{0,8})(?:\/([1-9]\d{0,8}))?$/.exec(text) ?? [];
  const operation = apiOperations.find((known) => known === name);
  if (operation === undefined)
    throw new InvalidArgumentError(
      `Give operation=daily/monthly, like offer.detail=1000/30000. Operations are ${apiOperations.join(', ')}.`,
    );
  const volumes = { daily: Number(daily), monthly: monthly === undefined ? null : Number(monthly) };
  return { ...before, [operation]: volumes };
}
