import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from './mutant.ts';

/** A mutant that no test can catch, because the program does the same with it. */
export interface Equivalent extends Pick<Mutant, 'file' | 'operator' | 'from' | 'to'> {
  /** The line of the file as it stands, without the spaces around it: its number may change. */
  readonly line: string;
  /** Why the program does the same. */
  readonly why: string;
}

/** More of them would say that the operators are badly chosen, or that a survivor was declared away. */
export const maxEquivalentShare = 0.05;

export const readEquivalents = (): Equivalent[] =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'equivalent.json'), 'utf8')) as Equivalent[];

/** @param text of the mutant's file, without the bug */
export function isEquivalent(mutant: Mutant, text: string, equivalents: readonly Equivalent[]): boolean {
  const line = text.split('\n')[mutant.line - 1]?.trim();
  return equivalents.some(
    (known) =>
      known.file === mutant.file &&
      known.operator === mutant.operator &&
      known.from === mutant.from &&
      known.to === mutant.to &&
      known.line === line,
  );
}
