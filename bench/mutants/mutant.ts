/** One small bug: a piece of one file, and what stands there instead. */
export interface Mutant {
  /** The folder of `src`, or `views`: whose tests must see it. */
  readonly room: string;
  /** From the root of the project. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Where the piece begins and ends in the file, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly operator: Operator;
  readonly from: string;
  readonly to: string;
}

export type Operator =
  | 'condition'
  | 'boundary'
  | 'equality'
  | 'logic'
  | 'negation'
  | 'arithmetic'
  | 'constant'
  | 'default'
  | 'access'
  | 'function'
  | 'dropped statement'
  | 'dropped await'
  | 'dropped condition'
  | 'dropped lock'
  | 'order'
  | 'limit';

/** What an operator found in one file; the caller knows the file and its room. */
export type Change = Pick<Mutant, 'start' | 'end' | 'operator' | 'to'>;

/** The changes of one file as mutants. */
export function toMutants(
  place: { room: string; file: string; text: string },
  changes: readonly Change[],
): Mutant[] {
  const { room, file, text } = place;
  return changes.map((change) => ({
    room,
    file,
    line: text.slice(0, change.start).split('\n').length,
    from: text.slice(change.start, change.end),
    ...change,
  }));
}

/** The text of the file with the bug in it. */
export const plantMutant = (text: string, { start, end, to }: Mutant): string =>
  text.slice(0, start) + to + text.slice(end);

const flat = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
};

/** `src/a.ts:3 boundary: < becomes <=`. */
export const describeMutant = ({ file, line, operator, from, to }: Mutant): string =>
  `${file}:${line} ${operator}: ${flat(from)} becomes ${to === '' ? 'nothing' : flat(to)}`;
