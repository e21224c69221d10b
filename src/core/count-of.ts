/** `1 offer`, or `2,355 offers`. @param one the noun in singular; its plural ends with an s */
export const countOf = (amount: number, one: string): string =>
  amount === 1 ? `1 ${one}` : `${amount.toLocaleString('en')} ${one}s`;
