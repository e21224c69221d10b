/** The cells of the lines of a text table that are not empty, without the rule under the headers. */
export function textRows(table = ''): string[][] {
  return table
    .split('\n')
    .filter((line) => !/^[- ]+$/.test(line))
    .map((line) => line.trim().split(/ {2,}/));
}
