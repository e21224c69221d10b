import { createMiddleware } from 'hono/factory';
import type { WebEnv } from '../web-deps.ts';

/** No form of ours is near this size. */
const maxBodyBytes = 16 * 1024;

/** Null: longer than `maxBodyBytes`. @throws when the client goes away before its end */
async function readBody(body: ReadableStream<Uint8Array>): Promise<Buffer | null> {
  // Not by `for await`: that would close the connection of a body that is too long, before it is answered.
  const reader = body.getReader();
  const pieces: Uint8Array[] = [];
  for (let bytes = 0; bytes <= maxBodyBytes;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(pieces);
    bytes += value.length;
    pieces.push(value);
  }
  return null;
}

/**
 * Reads the body of a request before anything else is done with it, however it is sent: with a length, in chunks, or not at
 * all. 413: more than 16 KB. 400: the client went away before the end, which is no failure of ours.
 */
export const readSmallBody = createMiddleware<WebEnv>(async (c, next) => {
  const { method, headers, body } = c.req.raw;
  if (method === 'GET' || method === 'HEAD' || body === null) return next();
  let read: Buffer | null;
  try {
    read = await readBody(body);
  } catch {
    return c.text('the request was cut off\n', 400);
  }
  if (read === null) return c.text('too large\n', 413);
  c.req.raw = new Request(c.req.url, { method, headers, body: new Uint8Array(read) });
  return next();
});
