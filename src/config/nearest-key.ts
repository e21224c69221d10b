/** Levenshtein distance: single-character insertions, deletions and replacements. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}

/** The known key that `key` most resembles; undefined when there is none to choose from. */
export function nearestKey(key: string, known: readonly string[]): string | undefined {
  const distanceTo = (candidate: string) =>
    editDistance(key.slice(0, 100).toLowerCase(), candidate.toLowerCase());
  return known.toSorted((left, right) => distanceTo(left) - distanceTo(right))[0];
}
