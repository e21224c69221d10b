/** A source of numbers that the same seed repeats. */
export interface SeededRandom {
  /** From `least` up to, not including, `most`. */
  between(min: number, max: number): number;
  /** The same items in an order of its own. */
  shuffle<T>(items: readonly T[]): T[];
}

/** Mulberry32: 32 bits of state, which is plenty for a plan of some hundred steps. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    between: (min, max) => min + next() * (max - min),
    shuffle: (items) =>
      items
        .map((item) => ({ item, order: next() }))
        .toSorted((a, b) => a.order - b.order)
        .map(({ item }) => item),
  };
}
