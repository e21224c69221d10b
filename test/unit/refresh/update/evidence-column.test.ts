import { expect, it } from 'vitest';
import type { LearnedFigure } from '../../../../src/model/figures.ts';
import { rates } from '../../../../src/refresh/planner/rate-grid.ts';
import { joinEvidence, splitEvidence } from '../../../../src/refresh/update/evidence-column.ts';

const numbers = (first: number) => rates.map((_, at) => first - at);
const nothing = rates.map(() => null);
const learned = (first: number): LearnedFigure => ({
  evidence: numbers(first),
  rate: { changes: 1, days: 1 },
});
const none = { offer: null, price: null, in_stock: null, out_of_stock: null, gone: null };

it('has the figures one after the other, up to the last that was observed', () => {
  expect(joinEvidence(none)).toBeNull();
  expect(joinEvidence({ ...none, offer: learned(-1) })).toEqual(numbers(-1));
  expect(joinEvidence({ ...none, price: learned(-2), out_of_stock: learned(-4) })).toEqual([
    ...[...nothing, ...numbers(-2), ...nothing, ...numbers(-4)],
  ]);
  expect(joinEvidence({ ...none, gone: learned(-5) })).toHaveLength(5 * rates.length);
});

it.each(Array.from({ length: 32 }, (_, observed) => observed))(
  'gives each figure what was joined, where those of the bits of %i were observed',
  (observed) => {
    const figure = (at: number) => ((observed >> at) & 1 ? learned(-at) : null);
    const joined = {
      ...{
        offer: figure(0),
        price: figure(1),
        in_stock: figure(2),
        out_of_stock: figure(3),
        gone: figure(4),
      },
    };
    const column = joinEvidence(joined);
    for (const name of ['offer', 'price', 'in_stock', 'out_of_stock', 'gone'] as const)
      expect(splitEvidence(column, name)).toEqual(joined[name]?.evidence ?? null);
  },
);
