import { InvalidArgumentError } from 'commander';

/** A parser of the id that Postgres gave to a row; its usage error says where ids are shown, as in "the column `x` of y". */
export function parseRowId(from: string): (text: string) => string {
  return (text) => {
    if (/^[1-9]\d{0,17}$/.test(text)) return text;
    throw new InvalidArgumentError(`Give a number from ${from}.`);
  };
}
