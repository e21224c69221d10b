import { InvalidArgumentError } from 'commander';
import { plannedOperations } from '../model/known-apis.ts';

type PlannedOperation = (typeof plannedOperations)[number];

/** Daily limits to plan with, by operation. */
export type WhatIf = ReadonlyMap<PlannedOperation, readonly number[]>;

/** More rows than a screen has help nobody. */
const maxCombinations = 24;
const mostCalls = 10_000_000;
const example = 'offer.detail=500,1000';

function parseOperation(text: string): PlannedOperation {
  const operation = plannedOperations.find((name) => name === text);
  if (operation !== undefined) return operation;
  throw new InvalidArgumentError(
    `There is no operation "${text}". Name one of ${plannedOperations.join(', ')}.`,
  );
}

function parseLimit(text: string): number {
  const calls = /^\d{1,8}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (calls >= 1 && calls <= mostCalls) return calls;
  throw new InvalidArgumentError(
    `"${text}" is no daily limit. Give whole numbers of calls from 1 to ${mostCalls.toLocaleString('en')}, as in ${example}.`,
  );
}

/**
 * `offer.detail=500,1000`, added to what the flags before said.
 *
 * @throws InvalidArgumentError for anything else, and when there are more than 24 combinations
 */
export function parseWhatIf(text: string, before: WhatIf = new Map()): WhatIf {
  const [name = '', limits, ...rest] = text.split('=');
  if (limits === undefined || rest.length > 0)
    throw new InvalidArgumentError(`Give an operation and its daily limits, as in ${example}.`);
  const operation = parseOperation(name.trim());
  const own = [...new Set([...(before.get(operation) ?? []), ...limits.split(',').map(parseLimit)])];
  const asked = new Map([...before, [operation, own]]);
  const combinations = [...asked.values()].reduce((product, one) => product * one.length, 1);
  if (combinations > maxCombinations)
    throw new InvalidArgumentError(
      `These are ${String(combinations)} combinations of limits. Ask for ${String(maxCombinations)} at most.`,
    );
  return asked;
}
