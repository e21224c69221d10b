import { toDatabaseError } from '../../db/database-error.ts';
import { AppError, errorMessage } from '../../core/errors.ts';
import { exitCodes, type ExitCode } from '../../core/exit-codes.ts';
import { exitCodeOf } from '../../core/exit-code-of.ts';
import type { ApiPermission } from '../../model/permission.ts';
import type { Source } from '../../model/run.ts';

/** `skip`: not checked, because it was not requested or could not be. */
type CheckStatus = 'ok' | 'warn' | 'fail' | 'skip';

/** One check of `doctor`. Never holds a value of a setting. */
export interface Check {
  readonly name: string;
  readonly status: CheckStatus;
  readonly message: string;
  /** What to do; null when there is nothing to do. */
  readonly advice: string | null;
  /** Its exit code; 0 unless the status is `fail`. */
  readonly exitCode: ExitCode;
  /** Of the API that it is about; without it: it is about none. */
  readonly permission?: Pick<ApiPermission, 'observed' | 'declared'>;
  /** Where the calls go that it is about; without it: it is about none. */
  readonly source?: Source;
}

const withoutFailure = (
  status: CheckStatus,
  name: string,
  message: string,
  advice: string | null,
): Check => ({
  name,
  status,
  message,
  advice,
  exitCode: exitCodes.succeeded,
});

export const ok = (name: string, message: string): Check => withoutFailure('ok', name, message, null);

export const warn = (name: string, message: string, advice: string): Check =>
  withoutFailure('warn', name, message, advice);

export const skip = (name: string, message: string, advice: string | null = null): Check =>
  withoutFailure('skip', name, message, advice);

/** A setting or credential that must be corrected. */
export const misconfigured = (name: string, message: string, advice: string): Check => ({
  name,
  status: 'fail',
  message,
  advice,
  exitCode: exitCodes.configuration,
});

/** 1688 is not as this program takes it to be. */
export const deviates = (name: string, message: string, advice: string): Check => ({
  name,
  status: 'fail',
  message,
  advice,
  exitCode: exitCodes.failed,
});

/** A failed check, with the remedy of its error. */
export function failed(name: string, thrown: unknown): Check {
  const error = toDatabaseError(thrown);
  const isKnown = error instanceof AppError;
  return {
    name,
    status: 'fail',
    message: isKnown ? `${error.code}: ${error.message}` : errorMessage(error),
    advice: isKnown ? error.kind.remedy : null,
    exitCode: isKnown ? exitCodeOf(error) : exitCodes.failed,
  };
}

/** 4 when settings or credentials must be corrected first, 1 when something else fails, otherwise 0. */
export function exitCodeOfChecks(checks: readonly Check[]): ExitCode {
  const codes = checks.map((check) => check.exitCode);
  if (codes.includes(exitCodes.configuration)) return exitCodes.configuration;
  return codes.includes(exitCodes.failed) ? exitCodes.failed : exitCodes.succeeded;
}
