import { Lexer, Parser, type CST, type LineCounter } from 'yaml';

/** Of open collections and scalars; a sync file has up to 8. Below 500, composing still overflows no stack. */
const maxDepth = 50;

/** `yaml` compares each key with all others of its map: 60,000 keys take more than a minute. */
const maxKeys = 1000;

/**
 * Words, signs, gaps and line ends. A watch list of 12,000 offers, one a line, has this many; at double, a file of mistakes
 * takes more than a second.
 */
const maxTokens = 60_000;

/** What is too much of it, and where. */
export interface YamlExcess {
  readonly offset: number;
  readonly message: string;
}

function countKeys(token: CST.Token | undefined): number {
  if (token?.type === 'block-map') return token.items.length;
  return token?.type === 'flow-collection' && token.start.source === '{' ? token.items.length : 0;
}

/**
 * The first place where YAML nests deeper, has more keys in a map, or is longer than any sync file; null where there is
 * none. The parser of `yaml` keeps its own stack, but what comes after it calls itself for each level: that overflows, and
 * ends the process where V8 is just then compiling a regular expression.
 *
 * @param places learns where the lines begin
 */
export function findYamlExcess(text: string, places: LineCounter): YamlExcess | null {
  const parser = new Parser(places.addNewLine);
  let tokens = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens += 1;
    // Nothing is composed: only the stack of what is open counts.
    Array.from(parser.next(lexeme));
    const { stack, offset } = parser;
    if (stack.length > maxDepth) return { offset, message: 'is nested too deep to read' };
    if (countKeys(stack.at(-1)) > maxKeys)
      return { offset, message: `has more than ${String(maxKeys)} keys in one map` };
    if (tokens > maxTokens)
      return { offset, message: `has more than ${String(maxTokens)} words and signs: shorten its lists` };
  }
  return null;
}
