import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { findScratchFolder } from '../../support/scratch-folder.ts';

const moduleUrl = (path: string) => pathToFileURL(join(import.meta.dirname, '../../../src', path)).href;

/** Keeps an answer of two megabytes, that no compression makes smaller; writes whether it did. */
const script = `
  import { randomBytes } from 'node:crypto';
  import { createLogger } from '${moduleUrl('core/log.ts')}';
  import { openSpool } from '${moduleUrl('ledger/spool.ts')}';
  const kept = openSpool(process.argv[1], createLogger({ level: 'silent', pretty: false })).keep({
    ...{ callId: '1', observedAt: new Date(0), state: 'committed', outcome: 'ok', body: randomBytes(2_000_000) },
    ...{ gatewayCode: null, httpStatus: 200, latencyMs: 1, responseBytes: 2_000_000, shows: 'allowed' },
  });
  process.stdout.write(String(kept));
`;

it('an answer for which the disk has room in part is not kept, and is not said to be', () => {
  const folder = join(mkdtempSync(join(findScratchFolder(), 'spool-')), 'spool');
  // As on a disk that gets full: a file may have so many blocks and no more, and the write that meets the end writes the rest.
  const limited = 'trap "" XFSZ; ulimit -f 1000; exec "$0" "$@"';
  const node = [process.execPath, '--import', 'tsx', '--input-type=module', '--eval', script, folder];
  expect(execFileSync('sh', ['-c', limited, ...node], { encoding: 'utf8' })).toBe('false');
  expect(readdirSync(folder)).toEqual([]);
});
