/** An id of ours or of 1688's in a path or a query; null: it is none. Longer ones are no `bigint`. */
export function readId(text: string | undefined): string | null {
  return text !== undefined && /^[1-9]\d{0,17}$/.test(text) ? text : null;
}
