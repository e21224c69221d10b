/** The value below which a share of all values lies: 0.5 for the median. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** Smallest, median and largest, as text. */
export function spread(values: readonly number[], digits = 0): string {
  return [0, 0.5, 1].map((share) => percentile(values, share).toFixed(digits)).join(', ');
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** A table in Markdown; the first column is text. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
