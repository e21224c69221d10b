import type { App } from '../../app.ts';
import type { Run } from '../../model/run.ts';

/**
 * Whether a run is incomplete only because of APIs that its operator has declared and knows to be not granted: no
 * news to anyone, and no alarm.
 */
export async function isHeldAsDeclared(
  run: Run,
  { quota, permissions }: Pick<App, 'quota' | 'permissions'>,
): Promise<boolean> {
  if (run.status !== 'partial_error' || run.counts.errors > 0) return false;
  const holds = await quota.listHolds();
  const expected = (await permissions.listApis()).filter(
    ({ declared, declaredAt, observed }) =>
      declaredAt !== null && declared !== 'granted' && observed === 'denied',
  );
  const isExpected = (api: string) => expected.some((permission) => permission.api === api);
  return holds.some(({ code }) => code === run.cause) && holds.every(({ api }) => isExpected(api));
}
