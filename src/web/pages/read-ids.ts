/** An id of ours or of 1688's in a path or a query; null: it is not an id. Longer ones do not fit a `bigint`. */
export function readId(text: string | undefined): string | null {
  return text !== undefined && /^[1-9]\d{0,17}$/.test(text) ? text : null;
}
