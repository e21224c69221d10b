import type { Config } from '../../config/environment.ts';
import { confirm } from '../../terminal/confirm.ts';
import type { TargetOperation } from '../../extract/endpoints/target-request.ts';
import type { Session } from '../session.ts';
import { skip, type Check } from '../../health/doctor/check.ts';
import { checkCredentials } from '../../health/doctor/check-settings.ts';

/** Whether calls may be made: they count against the quota. */
export type MayCall = 'yes' | 'no' | 'ask';

/** The name of the check that the calls begin with. */
export const signedCallName = 'signed call';

function question(probes: readonly TargetOperation[]): string {
  if (probes.length === 0)
    return 'Make two calls to the gateway: the root categories, and its clock? They count against the quota.';
  const others = probes.filter((probe) => probe !== 'category.children');
  return `Make up to ${String(others.length + 2)} calls to the gateway: category.children, its clock, then one of each of ${others.join(', ')}? They count against the quota.`;
}

/** Prints the calls to make, and asks. Null: continue; otherwise why no call is made. */
export async function askForCalls(
  { context }: Pick<Session, 'context'>,
  config: Config,
  mayCall: MayCall,
  probes: readonly TargetOperation[],
): Promise<Check | null> {
  if (mayCall === 'no') return skip(signedCallName, 'not made: --offline');
  if (checkCredentials(config).some((check) => check.status === 'fail')) {
    return skip(signedCallName, 'not made: it needs App Key and App Secret');
  }
  if (mayCall === 'yes') return null;
  const answer = await confirm(context, question(probes));
  if (answer === true) return null;
  if (answer === false) return skip(signedCallName, 'not made: you answered no');
  const advice =
    probes.length === 0
      ? 'Add --yes to make it: two calls.'
      : `Add --yes to make it, and up to ${String(probes.length)} calls that show which APIs are granted.`;
  return skip(signedCallName, 'not made: there is no terminal to ask for confirmation', advice);
}
