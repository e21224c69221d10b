import { imageFolder } from '../parts/product-image.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';

/** The sandbox answers at once; after this time it is not running. */
const waitMs = 3000;

/** `/picture/img/ibank/…`: a picture that the sandbox draws, from our own origin. Live pictures do not pass here. */
export async function proxyImage(c: WebContext, { imageSource }: WebDeps): Promise<Response> {
  const path = new URL(c.req.url).pathname.slice('/picture'.length);
  const isAllowed = path.startsWith(imageFolder) && /^[\w!./-]{1,300}$/.test(path) && !path.includes('..');
  if (imageSource.kind !== 'sandbox' || !isAllowed) return c.text('picture not found\n', 404);
  try {
    const answer = await fetch(imageSource.origin + path, {
      signal: AbortSignal.timeout(waitMs),
      redirect: 'error',
    });
    const type = answer.headers.get('content-type') ?? '';
    if (!answer.ok || !type.startsWith('image/')) return c.text('picture not found\n', 404);
    const body = await answer.arrayBuffer();
    return c.body(body, 200, { 'content-type': type, 'cache-control': 'private, max-age=3600' });
  } catch {
    return c.text('the sandbox does not answer\n', 404);
  }
}
