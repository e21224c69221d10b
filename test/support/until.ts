import { setTimeout as delay } from 'node:timers/promises';

export interface UntilOptions {
  /** Default 60 s: far above what a loaded machine needs, so that only a real failure reaches it. */
  readonly timeoutMs?: number;
  readonly pollMs?: number;
  /** What is waited for, for the message. Default: the condition's source text. */
  readonly what?: string;
}

/**
 * Polls `condition` until it gives something truthy, and returns that. What it throws counts as "not yet".
 *
 * @throws Error after `timeoutMs`, naming what was waited for and the last answer or error
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  options: UntilOptions = {},
): Promise<NonNullable<T>> {
  const timeoutMs = options.timeoutMs ?? 60_000;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let last: unknown;
    try {
      const value = await condition();
      if (value) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) {
      const what = options.what ?? condition.toString();
      const seen = last instanceof Error ? last.message : JSON.stringify(last ?? null);
      throw new Error(`not true within ${timeoutMs} ms: ${what} (last: ${seen})`, { cause: last });
    }
    await delay(options.pollMs ?? 20);
  }
}
