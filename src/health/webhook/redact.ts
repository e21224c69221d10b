/** Shorter parts of an address are words, such as `send` or `robot`, and not secrets. */
const minSecretLength = 8;

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Removes every part of the address that may be secret from a text: its path and its query. */
export function createRedactor(url: URL, secret: string | null): (text: string) => string {
  const parts = [
    ...url.pathname.split('/'),
    ...url.searchParams.values(),
    ...(secret === null ? [] : [secret]),
  ];
  const secrets = parts
    .flatMap((part) => [part, decoded(part), encodeURIComponent(part)])
    .filter((part) => part.length >= minSecretLength)
    // The longest first: one may be a part of another.
    .toSorted((a, b) => b.length - a.length);
  return (text) => secrets.reduce((left, part) => left.replaceAll(part, '[secret]'), text);
}
