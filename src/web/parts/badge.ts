import { html, type Html } from '../html.ts';

export type Tone = 'good' | 'warn' | 'bad' | 'busy' | 'calm';

const tones: Readonly<Record<string, Tone>> = {
  succeeded: 'good',
  running: 'busy',
  queued: 'busy',
  partial_quota: 'calm',
  partial_error: 'warn',
  failed: 'bad',
  cancelled: 'calm',
  ok: 'good',
  warn: 'warn',
  fail: 'bad',
  skip: 'calm',
  listed: 'good',
  delisted: 'warn',
  missing: 'warn',
  gone: 'bad',
};

const words: Readonly<Record<string, string>> = {
  partial_quota: 'stopped at quota',
  partial_error: 'done with errors',
  ok: 'fine',
  warn: 'check',
  fail: 'to correct',
  skip: 'not checked',
};

/** What a state is called for people. */
export const stateWord = (state: string): string => words[state] ?? state;

/** How a run ended; a bound of its own is not the quota. */
export function runBadge({
  status,
  cause,
}: {
  readonly status: string;
  readonly cause: string | null;
}): Html {
  const isOwnBound = status === 'partial_quota' && (cause === 'budget' || cause === 'deadline');
  return badge(status, isOwnBound ? `stopped at ${cause}` : stateWord(status));
}

/** A state as a word and a colour; the word alone is enough. */
export function badge(state: string, word = stateWord(state)): Html {
  return html`<span class="badge ${tones[state] ?? 'calm'}">${word}</span>`;
}
