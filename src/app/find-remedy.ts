import { coreErrors, type ErrorKind } from '../core/errors.ts';
import { cliErrors } from './errors.ts';
import { extractErrors } from '../extract/errors.ts';
import { jobErrors } from '../jobs/errors.ts';
import { loadErrors } from '../db/errors.ts';
import { localErrors } from '../local/errors.ts';
import { notifyErrors } from '../health/webhook/errors.ts';
import { webErrors } from '../web/errors.ts';

const kinds = new Map<string, ErrorKind>(
  [coreErrors, extractErrors, jobErrors, loadErrors, localErrors, notifyErrors, webErrors, cliErrors]
    .flatMap((table) => Object.values<ErrorKind>(table))
    .map((kind) => [kind.code, kind]),
);

/** What docs/errors.md says of a code; null: it is none of ours. */
export function findRemedy(code: string): ErrorKind | null {
  return kinds.get(code) ?? null;
}
