import { InvalidArgumentError } from 'commander';

const largestId = 9_223_372_036_854_775_807n;

/** A parser of the id of an offer; anything else is a usage error. */
export function parseOfferId(text: string): string {
  if (/^[1-9]\d{0,18}$/.test(text) && BigInt(text) <= largestId) return text;
  throw new InvalidArgumentError(
    'Give the digits of an offer id, as in detail.1688.com/offer/610947572360.html.',
  );
}
