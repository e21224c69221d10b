import { InvalidArgumentError } from 'commander';
import { readOfferId } from '../config/parse-watch-list.ts';

/** A parser of the id of an offer, or of the address of its page; anything else is a usage error. */
export function parseOfferId(text: string): string {
  const id = readOfferId(text.trim());
  if (id !== null) return id;
  throw new InvalidArgumentError(
    'Give an offer id or the address of its page, as in detail.1688.com/offer/610947572360.html.',
  );
}
