import type { Config } from '../../config/environment.ts';
import { confirm } from '../../terminal/confirm.ts';
import type { TargetOperation } from '../../extract/endpoints/target-request.ts';
import type { Session } from '../session.ts';
import { skip, type Check } from '../../health/doctor/check.ts';
import { contractName } from '../../health/contract/check-contract.ts';
import { contractQuestions } from '../../health/contract/contract-questions.ts';
import { checkCredentials } from '../../health/doctor/check-settings.ts';

/** Whether calls may be made: they count against the quota. */
export type MayCall = 'yes' | 'no' | 'ask';

/** The name of the check that the calls begin with. */
export const signedCallName = 'signed call';

/** The calls to make: the signed call and the probes, or the questions of the contract. */
export interface WantedCalls {
  readonly probes: readonly TargetOperation[];
  readonly isContract: boolean;
}

const contractCalls = `up to ${String(contractQuestions.length)} calls`;

function question({ probes, isContract }: WantedCalls): string {
  if (isContract)
    return `Make ${contractCalls} to the gateway, three of them wrong on purpose, and one that uploads a drawing of a bag? They count against the quota.`;
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
  wanted: WantedCalls,
): Promise<Check | null> {
  const name = wanted.isContract ? contractName : signedCallName;
  if (mayCall === 'no') return skip(name, 'not made: --offline');
  if (checkCredentials(config).some((check) => check.status === 'fail')) {
    return skip(name, 'not made: it needs App Key and App Secret');
  }
  if (mayCall === 'yes') return null;
  const answer = await confirm(context, question(wanted));
  if (answer === true) return null;
  if (answer === false) return skip(name, 'not made: you answered no');
  return skip(name, 'not made: there is no terminal to ask for confirmation', adviceFor(wanted));
}

function adviceFor({ probes, isContract }: WantedCalls): string {
  if (isContract) return `Add --yes to make ${contractCalls}.`;
  return probes.length === 0
    ? 'Add --yes to make it: two calls.'
    : `Add --yes to make it, and up to ${String(probes.length)} calls that show which APIs are granted.`;
}
