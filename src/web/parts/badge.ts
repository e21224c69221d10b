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

/** A state as a word and a colour; the word alone is enough. */
export function badge(state: string): Html {
  return html`<span class="badge ${tones[state] ?? 'calm'}">${stateWord(state)}</span>`;
}
