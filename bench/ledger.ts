/*
 * The quota ledger in figures: grants a second beside rate-limiter-flexible, where each counts exactly, answers that
 * calls come too fast, how a lower limit is found, how much of a day is used, and the ledger's share of a call.
 *
 *   npm run bench:ledger                         everything, about 3 minutes
 *   npm run bench:ledger -- --only share,pacing
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { CloseStack } from '../src/core/lifecycle.ts';
import { createLogger } from '../src/core/log.ts';
import { ledgerContender, postgresContender, redisContender } from './ledger/contenders.ts';
import { reportExactness } from './ledger/exactness.ts';
import { reportFinding } from './ledger/finding.ts';
import { reportPacing } from './ledger/pacing.ts';
import { reportShare } from './ledger/share.ts';
import { openLedgerSite } from './ledger/site.ts';
import { reportThroughput } from './ledger/throughput.ts';
import { reportUtilisation } from './ledger/utilisation.ts';
import { say } from './support/say.ts';

const { values: flags } = parseArgs({ options: { only: { type: 'string' } } });
const only = flags.only?.split(',');

const closing = new CloseStack();
try {
  const site = await openLedgerSite(closing);
  const contenders = [
    ledgerContender(site),
    redisContender(site, closing),
    await postgresContender(site),
  ] as const;
  const sections = {
    throughput: () => reportThroughput(contenders),
    share: () => reportShare(site, closing),
    pacing: () => reportPacing(site, closing),
    finding: () => reportFinding(site),
    utilisation: () => reportUtilisation(site),
    exactness: () => reportExactness(contenders, site),
  };
  for (const [name, report] of Object.entries(sections)) {
    if (only && !only.includes(name)) continue;
    const startedMs = performance.now();
    const text = await report();
    const load = loadavg()[0]?.toFixed(1) ?? '';
    say(
      `\n${name} (${((performance.now() - startedMs) / 1000).toFixed(0)} s, load of the machine ${load})\n\n${text}`,
    );
  }
} finally {
  await closing.close(createLogger({ level: 'error', pretty: false }));
}
