const controlImages = 0x2400;
const replacement = '\ufffd';

/** C0 and C1 controls, DEL, line separators, and the marks that reorder text: all that can lie on a terminal. */
// eslint-disable-next-line no-control-regex -- control characters are what this is about
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Text of unknown origin, made safe to show on one line of a terminal: a control character becomes its visible
 * picture (`ESC` -> `␛`), so that it can neither move the cursor nor colour, reorder or hide anything.
 */
export function safeText(text: string): string {
  return text.replace(unsafe, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(controlImages + code);
    return code === 0x7f ? '\u2421' : replacement;
  });
}

/** `safeText` that keeps line ends and tabs, for texts of several lines. */
export function safeLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.split('\t').map(safeText).join('\t'))
    .join('\n');
}

/** JSON on one line, with everything that `safeText` would replace written as an escape. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(
    unsafe,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
