import { expect, it } from 'vitest';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { withTestStack } from '../../support/stack.ts';

/* Searches of several feeds that ask 1688 the same, and share its answers as long as they are fresh. */

const hourMs = 3_600_000;
const sync = parseSyncFile(
  `account: business
feeds:
  - { name: a, keywords: ["夏季"] }
  - { name: b, keywords: ["夏季"] }
quotas: { per_second: 1000 }
`,
  'test',
);
const sandbox = { offers: 2000, worldStepMs: 1000 * hourMs };
const ofA = { scope: 'feed:a', feedNames: ['a'] };
const ofB = { scope: 'feed:b', feedNames: ['b'] };

it('a search whose last page is an older answer than its first is not due until its first is', () =>
  withTestStack({ backend: 'postgres', sandbox, sync }, async (stack) => {
    // A reads page 1, and the others half a day later. B finds page 1 outdated, asks for it, and shares the others.
    await stack.run({ ...ofA, budgetCalls: 1 });
    await stack.advance(12 * hourMs);
    await stack.run(ofA);
    await stack.advance(8.2 * hourMs);
    await stack.run(ofB);
    const ends = `SELECT completed_at > usage.ledger_now() - interval '1 hour' AS is_young FROM sync.search_window WHERE feed = 'b'`;
    expect(await stack.query(ends)).toEqual([{ is_young: true }]);
    // The shared pages are outdated by now, the first one is not.
    await stack.advance(12 * hourMs);
    expect(await stack.run({ ...ofB, budgetCalls: 400 })).toMatchObject({ status: 'succeeded' });
  }));
