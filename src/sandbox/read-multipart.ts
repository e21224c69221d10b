/** One part of a multipart body. */
export interface Part {
  readonly name: string;
  readonly isFile: boolean;
  readonly bytes: Buffer;
}

/** Head and content of the text between two boundaries; null when it is no part. */
function readPart(text: string): Part | null {
  const headEnd = text.indexOf('\r\n\r\n');
  const head = Buffer.from(text.slice(0, Math.max(0, headEnd)), 'latin1').toString('utf8');
  const [, name] = /^content-disposition:.*?[; ]name="([^"]*)"/im.exec(head) ?? [];
  if (name === undefined) return null;
  const isFile = /[; ]filename\*?=/i.test(head);
  return { name, isFile, bytes: Buffer.from(text.slice(headEnd + 4), 'latin1') };
}

/**
 * The parts of a body of `multipart/form-data` (RFC 7578); null when it is malformed. Node's own reader (`Response.formData`)
 * refuses a name written as `filename*`, by which the official Python SDK sends a file with a Chinese name.
 */
export function readMultipart(contentType: string, body: Buffer): readonly Part[] | null {
  const [, quoted, plain] = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) return null;
  // Latin-1 keeps each byte as one character.
  const pieces = `\r\n${body.toString('latin1')}`.split(`\r\n--${boundary}`).slice(1);
  if (!(pieces.pop() ?? '').startsWith('--')) return null;
  const parts = pieces.map((piece) => (piece.startsWith('\r\n') ? readPart(piece.slice(2)) : null));
  return parts.every((part) => part !== null) ? parts : null;
}
