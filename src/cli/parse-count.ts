import { InvalidArgumentError } from 'commander';

/** A parser of flags that take a whole number; what is out of bounds is a usage error. */
export function parseCount(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Give a whole number from ${String(min)} to ${String(max)}.`);
  };
}

/** A parser of budgets. */
export function parseCalls(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Give a number of calls, 1 or more.');
  return Number(text);
}
