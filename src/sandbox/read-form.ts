import type { IncomingMessage } from 'node:http';
import { Refusal } from './gateway-answer.ts';
import { readMultipart } from './read-multipart.ts';
import type { Params } from './sign.ts';

/** Files of a multipart form by the name of their field. */
export type Files = ReadonlyMap<string, Buffer>;

/** What a request brings beside its path. */
export interface Form {
  readonly params: Params;
  readonly files: Files;
}

/** Larger than any request of a client by two orders of magnitude. */
const maxBodyBytes = 1024 * 1024;

/**
 * The whole body. What is too large is read to its end and dropped, so that the client gets to see the refusal.
 *
 * @throws Refusal when it is too large; how 1688 says that is not known
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  }
  if (bytes > maxBodyBytes) throw new Refusal('gw.RequestTooLarge', 'Request body is too large');
  return Buffer.concat(chunks);
}

/**
 * Query and form together; of a name that comes twice the last value counts.
 *
 * @throws Refusal when the body is malformed
 */
export function readForm(url: URL, request: IncomingMessage, body: Buffer): Form {
  const [params, files] = [new Map(url.searchParams), new Map<string, Buffer>()];
  const type = request.headers['content-type'];
  if (type?.startsWith('application/x-www-form-urlencoded')) {
    for (const [key, value] of new URLSearchParams(body.toString('utf8'))) params.set(key, value);
  } else if (type?.startsWith('multipart/form-data')) {
    const parts = readMultipart(type, body);
    if (parts === null) throw new Refusal('gw.ParamInvalid', 'Malformed multipart body');
    for (const { name, isFile, bytes } of parts) {
      if (isFile) files.set(name, bytes);
      else params.set(name, bytes.toString('utf8'));
    }
  }
  return { params, files };
}
