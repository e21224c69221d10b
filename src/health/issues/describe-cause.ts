import { shanghaiTime } from '../../core/shanghai-time.ts';
import type { HealthIssue, Origin } from '../../model/health-issue.ts';

const owners: Readonly<Record<Origin, string>> = {
  operator: 'your settings, servers or permissions',
  'catalog-sync': 'catalog-sync itself',
  '1688': '1688',
  network: 'the network',
};

/** Whose an issue is, since when, and whether it ends by itself, in one or two sentences. */
export function describeCause({
  origin,
  since,
  healsItself,
  healsAt,
}: Pick<HealthIssue, 'origin' | 'since' | 'healsItself' | 'healsAt'>): string {
  const began = since === null ? '' : `, since ${shanghaiTime(since)}`;
  const from = healsAt === null ? '' : `, from ${shanghaiTime(healsAt)} at the earliest`;
  return `Cause: ${owners[origin]}${began}. ${healsItself ? `It can end by itself${from}.` : 'It stays until a person acts.'}`;
}
