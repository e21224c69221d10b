import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter();

/** How many terminal cells a text takes: Chinese characters and emoji take two. */
export function displayWidth(text: string): number {
  return stringWidth(text);
}

/** `text` filled with spaces up to `width` cells. */
export function padToWidth(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'left' ? text + space : space + text;
}

/** `text`, or as much of it as fits into `width` cells with an ellipsis at its end. */
export function truncateToWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let used = 1;
  for (const { segment } of segmenter.segment(text)) {
    used += displayWidth(segment);
    if (used > width) break;
    kept += segment;
  }
  return `${kept}…`;
}
