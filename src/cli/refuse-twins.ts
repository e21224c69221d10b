import { AppError } from '../core/errors.ts';
import { databaseErrors } from '../db/errors.ts';

/**
 * For a format whose columns are told apart by their names.
 *
 * @throws AppError QUERY_REFUSED when two have the same
 */
export function refuseTwins(names: readonly string[], format: string): void {
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin === undefined) return;
  const message = `two columns are named ${twin}, which ${format} does not allow: rename one with AS`;
  throw new AppError(databaseErrors.QUERY_REFUSED, message);
}
