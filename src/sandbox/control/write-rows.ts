/** Characters a chunk grows to before it is handed on; at half of that, twice as many writes. */
const chunkLength = 65_536;

/**
 * The JSON text of an object, piece by piece: `head`'s fields first, then one array for each list. However many
 * rows there are, only one chunk is in memory.
 */
export function* writeRows(
  head: Readonly<Record<string, unknown>>,
  lists: Readonly<Record<string, Iterable<unknown>>>,
): Generator<string> {
  let chunk = JSON.stringify(head).slice(0, -1);
  for (const [name, rows] of Object.entries(lists)) {
    chunk += `,${JSON.stringify(name)}:[`;
    let separator = '';
    for (const row of rows) {
      chunk += separator + JSON.stringify(row);
      separator = ',';
      if (chunk.length < chunkLength) continue;
      yield chunk;
      chunk = '';
    }
    chunk += ']';
  }
  yield `${chunk}}`;
}
