// `npm ci` in a checkout builds the program, which then starts at once. `npm ci --omit=dev` brings no compiler, and builds nothing.
import { existsSync } from 'node:fs';

if (existsSync(new URL('../node_modules/typescript', import.meta.url))) await import('./build.js');
