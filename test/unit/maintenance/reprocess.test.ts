import { describe, expect, it } from 'vitest';
import { toPriceExample } from '../../../src/maintenance/reprocess/price-examples.ts';
import { reprocess } from '../../../src/maintenance/reprocess/reprocess.ts';
import type { Reprocess } from '../../../src/maintenance/reprocess/reprocess-store.ts';
import { noCounts, type ReprocessSelection } from '../../../src/model/reprocess.ts';

/** The last moment of a day in Shanghai. */
const day = (text: string) => new Date(`${text}T15:59:59.999Z`);
const list = {
  ...({ kind: 'list', skuId: '0', minQuantity: 1, amountCny: '12.50' } as const),
  ...{ validFrom: day('2026-11-01'), validTo: null, callId: '1', closedByCallId: null },
};
const tier = { ...list, skuId: '77', minQuantity: 2, amountCny: '11.00', validTo: day('2026-11-09') };

describe('an example of prices', () => {
  it('has the days of Shanghai', () => {
    const validFrom = new Date('2026-10-31T16:00:00Z');
    const [example] = toPriceExample('610', { added: [{ ...list, validFrom }], removed: [], changed: [] });
    expect(example?.is).toBe('12.50 since 2026-11-01');
  });

  it.each([
    [{}, []],
    [{ added: [list] }, [['list price', null, '12.50 since 2026-11-01']]],
    [{ removed: [list] }, [['list price', '12.50 since 2026-11-01', null]]],
    [
      { added: [list], removed: [tier] },
      [['list price of SKU 77 from 2', '11.00 since 2026-11-01 to 2026-11-09', null]],
    ],
    [
      { added: [list], removed: [list], changed: [{ from: list, to: tier }] },
      [['list price of SKU 77 from 2', '12.50 since 2026-11-01', '11.00 since 2026-11-01 to 2026-11-09']],
    ],
  ])('of %j is %j', (diff, examples) => {
    const found = toPriceExample('610', { added: [], removed: [], changed: [], ...diff });
    expect(found).toEqual(examples.map(([what, was, is]) => ({ id: '610', what, was, is })));
  });
});

const all: ReprocessSelection = {
  ...{ operation: null, since: null, olderThanVersion: null, isQuarantined: false, offerId: null },
};

/** A reprocess of so many batches of two damaged answers an operation, and what is asked of it. */
function open(
  batches: number,
  cursor: Reprocess['cursor'] = { operation: null, afterRawId: '0' },
  examples = 4,
) {
  const asked: string[] = [];
  const left = new Map<string, number>();
  let ended = 0;
  const work: Reprocess = {
    ...{ cursor, counts: { ...noCounts, answers: 10, unreadable: 1 }, oldestKept: null },
    listAnswers: async (operation, afterRawId) => {
      asked.push(`${operation} after ${afterRawId}`);
      const rest = left.get(operation) ?? batches;
      left.set(operation, rest - 1);
      return {
        answers: [],
        damaged: rest > 0 ? 2 : 0,
        lastRawId: rest > 0 ? String(Number(afterRawId) + 2) : null,
      };
    },
    countLost: async () => 0,
    correct: async (_answers, { operation, afterRawId }, counts) => ({
      counts,
      examples: Array.from({ length: examples }, (_, n) => ({
        ...{ id: `${operation ?? ''} ${afterRawId} ${String(n)}`, what: 'x', was: null, is: null },
      })),
    }),
    end: async () => {
      ended += 1;
    },
    release: async () => undefined,
  };
  return { work, asked, countEnds: () => ended };
}

const signal = new AbortController().signal;
const onProgress = () => undefined;

describe('a reprocess', () => {
  it('reads batch after batch of each operation, counts what nobody can read, and ends', async () => {
    const { work, asked, countEnds } = open(1);
    const progress: number[] = [];
    const result = await reprocess(work, all, {
      signal,
      onProgress: ({ answers }) => void progress.push(answers),
    });
    expect(asked).toEqual(
      ['category.children', 'search.keyword', 'search.seller', 'search.image', 'offer.detail'].flatMap(
        (one) => [`${one} after 0`, `${one} after 2`],
      ),
    );
    expect(progress).toEqual([12, 14, 16, 18, 20]);
    expect(result?.counts).toMatchObject({ answers: 20, unreadable: 11 });
    expect(countEnds()).toBe(1);
  });

  it('goes on where one was stopped', async () => {
    const { work, asked } = open(0, { operation: 'search.image', afterRawId: '7' });
    await reprocess(work, all, { signal, onProgress });
    expect(asked).toEqual(['search.image after 7', 'offer.detail after 0']);
  });

  it('reads one operation when one is wanted', async () => {
    const { work, asked } = open(0);
    await reprocess(work, { ...all, operation: 'search.seller' }, { signal, onProgress });
    expect(asked).toEqual(['search.seller after 0']);
  });

  it('shows ten examples, the first ones', async () => {
    const { work } = open(1);
    const result = await reprocess(work, all, { signal, onProgress });
    expect(result?.examples).toHaveLength(10);
    expect(result?.examples.at(9)?.id).toBe('search.seller 2 1');
  });

  it('that is stopped has no result, and has not ended', async () => {
    const { work, countEnds } = open(1);
    const stop = new AbortController();
    const result = await reprocess(work, all, { signal: stop.signal, onProgress: () => stop.abort() });
    expect(result).toBeNull();
    expect(countEnds()).toBe(0);
  });
});
