/** The `count` items of the highest value, highest first; of equal values, the earlier items. */
export function takeBest<T extends { readonly value: number }>(items: Iterable<T>, count: number): T[] {
  const best: T[] = [];
  for (const item of items) {
    const last = best[count - 1];
    if (last !== undefined && item.value <= last.value) continue;
    let [low, high] = [0, best.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((best[middle]?.value ?? -Infinity) >= item.value) low = middle + 1;
      else high = middle;
    }
    best.splice(low, 0, item);
    if (best.length > count) best.pop();
  }
  return best;
}
