import { createMiddleware } from 'hono/factory';
import { mediaDomains } from '../../core/media-host.ts';
import { boardPath } from '../board-path.ts';
import type { ImageSource, WebEnv } from '../web-deps.ts';

/** A policy can't say `*.oss-cn-*`; which pictures a page shows is decided by `isMediaUrl`, of which this is the outline. */
const imageHosts = [...mediaDomains, 'aliyuncs.com'].map((domain) => `https://*.${domain}`).join(' ');

/** A page loads only from this server, can't be framed, and sends no referrer. */
export function securityHeaders({ kind }: ImageSource) {
  const policyOf = (path: string) =>
    [
      "default-src 'self'",
      `img-src 'self'${kind === 'remote' ? ` ${imageHosts}` : ''}`,
      "object-src 'none'",
      // The page of the board has a <base> element.
      `base-uri ${path.startsWith(boardPath) ? "'self'" : "'none'"}`,
      "form-action 'self'",
      "frame-ancestors 'none'",
    ].join('; ');
  return createMiddleware<WebEnv>(async (c, next) => {
    await next();
    c.header('content-security-policy', policyOf(c.req.path));
    c.header('x-content-type-options', 'nosniff');
    c.header('x-frame-options', 'DENY');
    // Not `no-referrer`: browsers then hide the origin of our own forms, too.
    c.header('referrer-policy', 'same-origin');
    c.header('cross-origin-opener-policy', 'same-origin');
    c.header('cross-origin-resource-policy', 'same-origin');
    c.header('permissions-policy', 'camera=(), geolocation=(), microphone=()');
    // Pages are not cached; a response that may be cached sets its own header.
    if (c.res.headers.get('cache-control')?.startsWith('private') !== true)
      c.header('cache-control', 'no-store');
  });
}
