import { Secret } from '../../core/secret.ts';
import { createQuotaStore } from '../../ledger/quota-store.ts';
import { createRawStore } from '../../raw/raw-store.ts';
import { readSyncConfig } from '../../config/read-sync-config.ts';
import { askContract } from '../../health/contract/ask-contract.ts';
import { checkContract, contractName, type ContractReport } from '../../health/contract/check-contract.ts';
import { contractApis } from '../../health/contract/contract-questions.ts';
import { failed } from '../../health/doctor/check.ts';
import { credentialsOf, sourceOf } from '../credentials.ts';
import type { CallParts, Called } from './make-calls.ts';
import { openGateway } from './open-gateway.ts';

/** Asks the questions of the contract, by the ledger and within its limits. Never throws. */
export async function callContract(
  { session, config, database, pool }: CallParts,
  onContract: (report: ContractReport) => void,
): Promise<Called> {
  const notes = new Map<never, never>();
  try {
    const sync = readSyncConfig(config.projectDir);
    const opened = await openGateway({ config, sync, databaseUrl: new Secret(database.url) }, session);
    try {
      // The answers are stored: invented and real ones must not meet.
      await opened.claimSource();
      await createQuotaStore({ pool }).applyPresets({
        ...{ appKey: credentialsOf(config).appKey, account: sync.account },
        ...{ apis: contractApis(sync.apis), callsPerSecond: sync.quotas.perSecond },
      });
      const result = await askContract({ gateway: opened.gateway, raw: createRawStore({ pool }) });
      const { answers } = result;
      onContract({
        askedAt: session.context.clock.now().toISOString(),
        source: sourceOf(config),
        callsMade: answers.filter(({ isAsked }) => isAsked).length,
        answers,
      });
      return { checks: [checkContract(result)], notes };
    } finally {
      await opened.close();
    }
  } catch (error) {
    return { checks: [failed(contractName, error)], notes };
  }
}
