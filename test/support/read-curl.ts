/** What a `curl` of a document sends. */
export interface CurlRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly body: string;
}

/**
 * Reads the words after `curl`: an address, and `-X POST` or `-d body`.
 *
 * @throws Error at any other flag, and without an address
 */
export function readCurl(words: readonly string[]): CurlRequest {
  const at = words.findIndex((word) => word === '-d' || word === '-X');
  const [flag, value = ''] = at === -1 ? [] : words.slice(at, at + 2);
  const [address = '', ...others] = at === -1 ? words : words.toSpliced(at, 2);
  const isMethodKnown = flag !== '-X' || value === 'POST';
  if (others.length > 0 || !isMethodKnown) throw new Error(`nobody checks ${words.join(' ')}`);
  return {
    url: new URL(address),
    method: flag === undefined ? 'GET' : 'POST',
    body: flag === '-d' ? value : '',
  };
}
