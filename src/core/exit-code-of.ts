import type { AppError } from './errors.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';

/** Halts that a person ends by correcting settings or credentials, as opposed to the state of the data. */
const configurationCode =
  /^(CONFIG|CONNECTION|CREDENTIALS|PROJECT|AUTH|TOKEN|GATEWAY|SCHEDULE|NOTIFY|WATCH)_|^DATABASE_(REFUSED|TOO_OLD|OTHER_SOURCE|OTHER_APP)$/;

/** 4 for configuration and credentials, 2 for an unknown name, 1 for anything else. */
export function exitCodeOf(error: AppError): ExitCode {
  if (error.code === 'SCHEDULE_UNKNOWN') return exitCodes.usage;
  const isConfiguration = error.recovery === 'halt' && configurationCode.test(error.code);
  return isConfiguration ? exitCodes.configuration : exitCodes.failed;
}
