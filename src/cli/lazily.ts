import type { CliContext } from '../app/context.ts';

/** An action of a command whose code is loaded when it runs: help and mistakes need none of it. */
export function lazily<A extends unknown[]>(
  context: CliContext,
  load: () => Promise<(context: CliContext, ...args: A) => Promise<void>>,
): (...args: A) => Promise<void> {
  return async (...args) => (await load())(context, ...args);
}
