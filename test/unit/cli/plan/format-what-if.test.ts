import { describe, expect, it } from 'vitest';
import { formatWhatIf, planScenarios } from '../../../../src/cli/plan/format-what-if.ts';
import { scenariosAsJson } from '../../../../src/cli/plan/plan-as-json.ts';
import { forecast } from '../../../../src/refresh/forecast/forecast.ts';
import type { Knowledge } from '../../../../src/refresh/forecast/knowledge.ts';
import { searchGroup, somePlan } from '../../../support/forecasts.ts';

const limits = new Map([['offer.detail', [10, 1000]]] as const);
const question = { limits, days: 10 };

/** 400 offers, whose details are due sooner the fewer changes their rows show. */
function planOf(visible: number, hidden: number) {
  const { knowledge: none } = somePlan();
  const sampled = {
    ...{ popularity: 1, learned: { changes: 0, days: 0 }, summaryAgeDays: 1, detailAgeDays: 3 },
    ...{ isStale: false, hasDetail: true, isPostponed: false },
  };
  const knowledge: Knowledge = {
    ...none,
    feeds: [
      {
        ...{ name: 'bags', weight: 1, maxOffers: 400, nodes: 1, nodesToFirstPass: 0, nodesDue: 0, unheld: 0 },
        novelty: 0,
      },
    ],
    searches: [{ ...searchGroup, pages: 8 }],
    offers: [{ feeds: ['bags'], offers: 400, sample: [sampled], isAssumed: false }],
    ...{ prior: { changes: 1, days: 30 }, freshness: { category: 7, search: 1, detail: 6 } },
    ...{ visibleShare: visible / (visible + hidden), shown: { visible, hidden } },
  };
  return somePlan({ knowledge, forecast: forecast(knowledge) });
}

describe('plan --what-if', () => {
  it('has the range of figures that depend on a share that is still being learned, and says what it is', () => {
    const [ahead, longRun] = formatWhatIf(planOf(18, 2), question, 96).split('In the long run:');
    expect(ahead).toMatch(/^ +1,000 +12 \(9 to 13\) +7\.2 d +/m);
    // All of ten calls are made, whatever the share is.
    expect(ahead).toMatch(/^ +10 +10 +[\d.]+ d +/m);
    expect(ahead?.replaceAll(/\s+/g, ' ')).toContain(
      '- In brackets: what these figures are if the share of changes that search rows show, as far as it is known (90 ± 7 %), is lower or higher by that.',
    );
    expect(longRun).not.toContain(' to ');
  });

  it('has none where the share is known', () => {
    const text = formatWhatIf(planOf(1_800_000, 200_000), question, 96);
    expect(text).not.toContain('In brackets');
    expect(text).not.toMatch(/\d to \d/);
  });

  it('has the least and the most of each figure as data', () => {
    const [, , many] = scenariosAsJson(planScenarios(planOf(18, 2), question));
    const callsOf = (one?: { detailsPerDay: number } | null) => one?.detailsPerDay ?? NaN;
    expect(callsOf(many?.range?.least)).toBeLessThan(callsOf(many?.ahead));
    expect(callsOf(many?.range?.most)).toBeGreaterThan(callsOf(many?.ahead));
  });
});
