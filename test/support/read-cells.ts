const plain = (markup: string): string =>
  markup
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** The rows of a table of a page, by its caption: each cell by the header of its column, as text. */
export function readCells(page: string, caption: string): Record<string, string>[] {
  const [, rest] = page.split(`aria-label="${caption}"`);
  if (rest === undefined) return [];
  const [, body = ''] = (rest.split('</table>')[0] ?? '').split('<tbody>');
  return body
    .split('</tr>')
    .slice(0, -1)
    .map((row) =>
      Object.fromEntries(
        [...row.matchAll(/<td[^>]* data-label="([^"]*)"[^>]*>([\s\S]*?)<\/td>/g)].map(
          ([, label = '', cell = '']) => [label, plain(cell)],
        ),
      ),
    );
}
