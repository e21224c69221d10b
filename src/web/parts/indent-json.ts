/** A string, a mark of structure, or whatever else stands between them. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** An answer that is nested a thousand times is somebody's attempt to fill the memory. */
const maxDepth = 40;

/**
 * JSON with a line for each value, and every other character as it came: numbers keep all digits, and keys that come twice
 * stay. A text that is no JSON comes back as it is.
 */
export function indentJson(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  const lines: string[] = [];
  let [line, depth, isOpen] = ['', 0, false];
  const endLine = () => {
    lines.push(line);
    line = '  '.repeat(Math.min(depth, maxDepth));
  };
  for (const [part] of text.matchAll(token)) {
    const isEnd = part === '}' || part === ']';
    if (isEnd) depth -= 1;
    // Nothing is between the brackets of an empty object or list.
    if (isOpen !== isEnd) endLine();
    isOpen = part === '{' || part === '[';
    if (isOpen) depth += 1;
    line += part === ':' ? ': ' : part;
    if (part === ',') endLine();
  }
  lines.push(line);
  return lines.join('\n');
}
