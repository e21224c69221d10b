/** The words of a page or a part of one in their order, without its markup. */
export const readWords = (markup: { toString(): string }): string =>
  markup
    .toString()
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** The names of a list of facts with their values, as words. */
export const readFacts = (markup: { toString(): string }): Record<string, string> =>
  Object.fromEntries(
    [...markup.toString().matchAll(/<dt>([\s\S]*?)<\/dt>\s*<dd>([\s\S]*?)<\/dd>/g)].map(
      ([, name = '', value = '']) => [readWords(name), readWords(value)],
    ),
  );

/** The values of an attribute of a page or a part of one, in their order. */
export const readAttribute = (markup: { toString(): string }, name: string): string[] =>
  [...markup.toString().matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g'))].map(([, value = '']) => value);
