import { styleText } from 'node:util';

const colours = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

/** Gives a text the colour of what it says; `null` is neither good nor bad. */
export type Paint = (tone: keyof typeof colours | null, text: string) => string;

/** Changes no text. */
export const plain: Paint = (_tone, text) => text;

/** Colours for stdout, where it is a terminal that has them and `NO_COLOR` is not set (no-color.org). */
export function createPaint({
  isTty,
  env,
}: {
  readonly isTty: { readonly stdout: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
}): Paint {
  if (!isTty.stdout || env['NO_COLOR'] || env['TERM'] === 'dumb') return plain;
  // It would ask the stdout of the process, which need not be ours.
  return (tone, text) => (tone === null ? text : styleText(colours[tone], text, { validateStream: false }));
}
