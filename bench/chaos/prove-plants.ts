import { rmSync } from 'node:fs';
import { formatTable } from '../../src/terminal/format-table.ts';
import type { CloseStack } from '../../src/core/lifecycle.ts';
import { plants } from './plants.ts';
import { runChaos, type ChaosOptions } from './run-chaos.ts';
import type { Ticker } from './ticker.ts';

export interface ProofParts {
  readonly closing: CloseStack;
  readonly say: (text: string) => void;
  readonly ticker: Ticker;
}

/** Plants each bug in turn. True: every one was caught by a judge that should see it. */
export async function provePlants(
  options: ChaosOptions,
  { closing, say, ticker }: ProofParts,
): Promise<boolean> {
  const rows: string[][] = [];
  let isProven = true;
  for (const plant of plants) {
    const seconds = Math.max(options.seconds, plant.minSeconds ?? 0);
    const { breaches, evidence } = await runChaos({ ...options, plant, seconds }, closing);
    const judges = [...new Set(breaches.map(({ judge }) => judge))];
    const isCaught = judges.some((judge) => plant.judges.includes(judge));
    isProven &&= isCaught;
    if (isCaught && evidence !== null) rmSync(evidence, { recursive: true, force: true });
    rows.push([plant.name, isCaught ? 'caught' : 'MISSED', judges.join(', ')]);
    ticker.done();
    say(`${plant.name}: ${isCaught ? 'caught' : 'MISSED'}`);
  }
  say(formatTable([{ header: 'planted bug' }, { header: '' }, { header: 'judges that saw it' }], rows));
  return isProven;
}
