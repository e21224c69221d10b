/** Placeholders of registration guides and examples, which users forget to replace. */
const placeholders = [
  /^(12345678|23456789)$/,
  /^1a2b3c4d5e6f7g8h9i0j1k2l3m4n/i,
  /^(your|my|xxx|todo|changeme|replace|example)/i,
  /^[<[{].*[>\]}]$/,
  /^\*+$|^•+$/,
];

/** True for a placeholder of a guide. */
export function isPlaceholder(value: string): boolean {
  return placeholders.some((placeholder) => placeholder.test(value.trim()));
}
