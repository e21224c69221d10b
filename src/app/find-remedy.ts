import { coreErrors, type ErrorKind } from '../core/errors.ts';
import { extractErrors } from '../extract/errors.ts';
import { kindOfCode } from '../extract/gateway/refusal-kinds.ts';
import { databaseErrors } from '../db/errors.ts';
import { loadErrors } from '../load/errors.ts';
import { ledgerErrors } from '../ledger/errors.ts';
import { rawErrors } from '../raw/errors.ts';
import { tokenErrors } from '../tokens/errors.ts';
import { maintenanceErrors } from '../maintenance/errors.ts';
import { runErrors } from '../runs/errors.ts';
import { jobErrors } from '../jobs/errors.ts';
import { localErrors } from '../local/errors.ts';
import { notifyErrors } from '../health/webhook/errors.ts';
import { webErrors } from '../web/errors.ts';
import { cliErrors } from './errors.ts';

const tables = [
  coreErrors,
  extractErrors,
  databaseErrors,
  loadErrors,
  ledgerErrors,
  rawErrors,
  tokenErrors,
  maintenanceErrors,
  runErrors,
  jobErrors,
  localErrors,
  notifyErrors,
  webErrors,
  cliErrors,
];

const kinds = new Map<string, ErrorKind>(
  tables.flatMap((table) => Object.values<ErrorKind>(table)).map((kind) => [kind.code, kind]),
);

/** The text of docs/errors.md about a code of ours or of the gateway; null: an unknown code. */
export function findRemedy(code: string): ErrorKind | null {
  return kinds.get(code) ?? kindOfCode(code) ?? null;
}
