import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { withTestStack } from '../../support/stack.ts';
import { expectOneRowPerArrival, readStats } from '../../support/catalog-truth.ts';
import { faultCases, feeds, type FaultCase } from './fault-cases.ts';

const matrix = new URL('../../../docs/faults.md', import.meta.url).pathname;

const feedLines = {
  tree: 'categories: ["0"]',
  branch: 'categories: ["10107"]',
  keyword: 'keywords: [款]',
} as const;

function syncOf(feed: keyof typeof feeds) {
  const text = `
account: business
feeds: [{ name: all, ${feedLines[feed]} }]
quotas: { per_second: 1000 }
`;
  return parseSyncFile(text, 'test');
}

async function survive(tried: FaultCase): Promise<void> {
  const { feed, faults, gatewayTimeouts, holds, extraCalls, status = 'succeeded', errors = 0 } = tried;
  const sandbox = { offers: 100, categories: 12 };
  const options = { backend: 'postgres', sandbox, sync: syncOf(feed), gatewayTimeouts } as const;
  await withTestStack(options, async (stack) => {
    stack.sandbox.setFaults(faults);
    const run = await stack.run();
    expect(run).toMatchObject({ status, counts: { errors } });
    const { min_calls: min, calls } = await readStats(stack, feeds[feed]);
    expect(calls).toHaveLength(run.callsUsed);
    expect(run.callsUsed - min.total).toBe(extraCalls);
    await expectOneRowPerArrival(stack);
    await holds(stack);
  });
}

describe.concurrent('a run survives', () => {
  it.each(faultCases)('$fault', survive);
});

/** The table of what was proved above. */
function describeCases(): string {
  const rows = faultCases.map(
    ({ fault, does, extraCalls, catalog }) => `| ${fault} | ${does} | ${extraCalls} | ${catalog} |`,
  );
  return `# What goes wrong at 1688, and what comes of it

This page shows how catalog-sync handles each fault. Each row is a complete run against the sandbox with this fault.
\`test/system/jobs/faults.test.ts\` compares the run with the sandbox's truth and its own log of calls, and also writes this page
(\`npx vitest run test/system/jobs/faults.test.ts -u\`). In every row, the run ends by itself, and each call that arrived has one
row in the ledger.

| fault | what catalog-sync does | extra calls | catalog equals the truth |
| --- | --- | --: | --- |
${rows.join('\n')}

Next: [Architecture](architecture.md)
`;
}

it('docs/faults.md says what these tests prove', async () => {
  const options = await resolveConfig(matrix, { editorconfig: false });
  await expect(await format(describeCases(), { ...options, filepath: matrix })).toMatchFileSnapshot(matrix);
});
