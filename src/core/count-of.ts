/** `1 offer`, or `2,355 offers`. @param one the noun in singular @param many its plural; default: with an s */
export const countOf = (amount: number, one: string, many = `${one}s`): string =>
  amount === 1 ? `1 ${one}` : `${amount.toLocaleString('en')} ${many}`;
