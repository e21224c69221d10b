import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import type { WebEnv } from './web-deps.ts';

const types = {
  'style.css': 'text/css; charset=utf-8',
  'live.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;

/** The files of `assets` that pages load; no other file is served. */
export function serveAssets(): Hono<WebEnv> {
  const app = new Hono<WebEnv>();
  for (const [name, type] of Object.entries(types)) {
    const body = readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8');
    app.get(`/${name}`, (c) =>
      c.body(body, 200, { 'content-type': type, 'cache-control': 'private, max-age=300' }),
    );
  }
  return app;
}
