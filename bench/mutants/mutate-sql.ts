import type { Change, Operator } from './mutant.ts';

interface Token {
  /** Words in capitals, everything else as it stands. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** How many parentheses are open around it. */
  readonly depth: number;
}

const pattern =
  /--[^\n]*|\/\*[\s\S]*?\*\/|(\$\w*\$|E?'(?:[^']|'')*'|"[^"]*"|\$\d+|\d+(?:\.\d+)?|[A-Za-z_]\w*(?:\.(?:\w+|"[^"]*"|\*))*|[-+*/<>=~!@#%^&|?:]+|[(),;[\].])/g;

/** A comment on a table is no statement that decides anything. */
const textThatDecides = (text: string): string => text.split(/^COMMENT ON /m)[0] ?? '';

function readTokens(text: string): Token[] {
  let depth = 0;
  const tokens: Token[] = [];
  for (const match of textThatDecides(text).matchAll(pattern)) {
    const word = match[1];
    if (word === undefined) continue;
    if (word === ')') depth -= 1;
    const isWord = /^[A-Za-z_]\w*$/.test(word);
    const start = match.index;
    tokens.push({ text: isWord ? word.toUpperCase() : word, start, end: start + word.length, depth });
    if (word === '(') depth += 1;
  }
  return tokens;
}

/** One word or sign for another, wherever it stands. */
const swaps: Readonly<Record<string, readonly [Operator, string]>> = {
  '<': ['boundary', '<='],
  '<=': ['boundary', '<'],
  '>': ['boundary', '>='],
  '>=': ['boundary', '>'],
  '<>': ['equality', '='],
  MIN: ['function', 'max'],
  MAX: ['function', 'min'],
  LEAST: ['function', 'greatest'],
  GREATEST: ['function', 'least'],
  BOOL_OR: ['function', 'bool_and'],
  BOOL_AND: ['function', 'bool_or'],
  DESC: ['order', 'ASC'],
};

const functions = new Set(['MIN', 'MAX', 'LEAST', 'GREATEST', 'BOOL_OR', 'BOOL_AND']);

/** Words that begin a part of a statement: what `=` means depends on the last one of the same depth. */
const beginsPart = new Set([
  ...['SELECT', 'FROM', 'WHERE', 'ON', 'HAVING', 'SET', 'VALUES', 'RETURNING', 'WHEN', 'THEN', 'ELSE'],
  ...['IF', 'ELSIF', 'END', 'BEGIN', 'DECLARE', 'USING', 'GROUP', 'ORDER', 'LIMIT', 'RETURN'],
]);

/** Words that end a condition after WHERE, ON or HAVING. */
const endsCondition = new Set([
  ...[
    'GROUP',
    'ORDER',
    'LIMIT',
    'OFFSET',
    'RETURNING',
    'UNION',
    'EXCEPT',
    'INTERSECT',
    'FOR',
    'FETCH',
    'WINDOW',
  ],
  ...[
    'LEFT',
    'RIGHT',
    'FULL',
    'INNER',
    'CROSS',
    'JOIN',
    'WHERE',
    'HAVING',
    'ON',
    'DO',
    'SET',
    'THEN',
    'LOOP',
  ],
  ...['SELECT', 'INTO', 'WHEN', ';'],
]);

const isOperand = (token: Token | undefined): boolean =>
  token !== undefined &&
  (/^[\w"'$\])]/.test(token.text) || token.text === ')') &&
  !beginsPart.has(token.text);

type Emit = (start: number, end: number, operator: Operator, to: string) => void;

/** Where the parenthesis at `open` closes; -1: nowhere. */
const closes = (tokens: readonly Token[], open: number): number =>
  tokens.findIndex((token, at) => at > open && token.text === ')' && token.depth === tokens[open]?.depth);

function mutateSigns(tokens: readonly Token[], emit: Emit): void {
  const parts: string[] = [];
  for (const [at, token] of tokens.entries()) {
    const { text, start, end, depth } = token;
    const before = tokens[at - 1];
    const after = tokens[at + 1];
    if (text === '(') parts[depth + 1] = 'SELECT';
    if (beginsPart.has(text)) parts[depth] = text;
    const swap = Object.hasOwn(swaps, text) ? swaps[text] : undefined;
    if (swap && (!functions.has(text) || after?.text === '(')) emit(start, end, ...swap);
    const part = parts[depth] ?? '';
    if (text === '=' && ['WHERE', 'ON', 'HAVING', 'WHEN', 'IF', 'ELSIF', 'SELECT'].includes(part))
      emit(start, end, 'equality', '<>');
    if ((text === '+' || text === '-') && isOperand(before))
      emit(start, end, 'arithmetic', text === '+' ? '-' : '+');
    if ((text === 'TRUE' || text === 'FALSE') && ['THEN', 'ELSE', 'RETURN'].includes(before?.text ?? ''))
      emit(start, end, 'constant', text === 'TRUE' ? 'false' : 'true');
  }
}

function mutateWords(tokens: readonly Token[], emit: Emit): void {
  const isBetween: boolean[] = [];
  for (const [at, { text, start, end, depth }] of tokens.entries()) {
    const before = tokens[at - 1]?.text;
    const after = tokens[at + 1];
    if (text === 'BETWEEN') isBetween[depth] = true;
    if (text === 'AND' && isBetween[depth]) isBetween[depth] = false;
    else if (text === 'AND') emit(start, end, 'logic', 'OR');
    if (text === 'OR' && after?.text !== 'REPLACE') emit(start, end, 'logic', 'AND');
    if (text === 'IS' && after?.text === 'NOT') emit(after.start, after.end, 'negation', '');
    else if (text === 'IS' && (after?.text === 'NULL' || after?.text === 'DISTINCT'))
      emit(end, end, 'negation', ' NOT');
    if (text === 'NOT' && !['IS', 'IF', 'AS'].includes(before ?? '') && after?.text !== 'NULL')
      emit(start, end, 'negation', '');
    if (text === 'DISTINCT' && before === '(') emit(start, end, 'function', '');
    if (text === 'LIMIT' && after && /^[\d$]/.test(after.text))
      emit(start, after.end, 'limit', /^\d/.test(after.text) ? `LIMIT ${Number(after.text) + 1}` : '');
  }
}

function mutateCoalesce(tokens: readonly Token[], text: string, emit: Emit): void {
  for (const [at, token] of tokens.entries()) {
    const open = tokens[at + 1];
    if (token.text !== 'COALESCE' || open?.text !== '(') continue;
    const close = closes(tokens, at + 1);
    const inner = tokens.slice(at + 2, close);
    const commas = inner.filter((part) => part.text === ',' && part.depth === open.depth + 1);
    const [comma] = commas;
    const end = tokens[close]?.start;
    if (!comma || commas.length !== 1 || end === undefined) continue;
    const second = text.slice(comma.end, end).trim();
    emit(open.end, end, 'order', `${second}, ${text.slice(open.end, comma.start).trim()}`);
  }
}

/** The tokens of the condition that begins at `from`. */
function conditionAt(tokens: readonly Token[], from: number): readonly Token[] {
  const depth = tokens[from]?.depth ?? 0;
  const length = tokens
    .slice(from)
    .findIndex((token) => token.depth < depth || (token.depth === depth && endsCondition.has(token.text)));
  const found = tokens.slice(from, length === -1 ? undefined : from + length);
  const end = found.findIndex((token) => token.text.startsWith('$') && token.text.endsWith('$'));
  return end === -1 ? found : found.slice(0, end);
}

/** The parts between the words AND of the condition itself; with an OR beside them, all is one part. */
function conjuncts(condition: readonly Token[]): (readonly Token[])[] {
  const depth = condition[0]?.depth ?? 0;
  const isSplit = !condition.some(
    (token) => token.depth === depth && ['OR', 'CASE', 'BETWEEN'].includes(token.text),
  );
  const parts: Token[][] = [[]];
  for (const token of condition) {
    if (isSplit && token.text === 'AND' && token.depth === depth) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

function mutateConditions(tokens: readonly Token[], emit: Emit): void {
  for (const [at, token] of tokens.entries()) {
    if (!['WHERE', 'ON', 'HAVING'].includes(token.text)) continue;
    if (token.text === 'ON' && ['CONFLICT', 'CONSTRAINT'].includes(tokens[at + 1]?.text ?? '')) continue;
    for (const part of conjuncts(conditionAt(tokens, at + 1))) {
      const first = part[0];
      const last = part.at(-1);
      if (first && last && first.text !== 'TRUE') emit(first.start, last.end, 'dropped condition', 'true');
    }
  }
}

function mutateStatements(tokens: readonly Token[], emit: Emit): void {
  for (const [at, { text, start, depth }] of tokens.entries()) {
    if (text === 'PERFORM') {
      const end = tokens.find((token, other) => other > at && token.text === ';' && token.depth === depth);
      if (end) emit(start, end.start, 'dropped statement', 'NULL');
    }
    if (text !== 'FOR') continue;
    const words = tokens.slice(at + 1, at + 4).map((token) => token.text);
    const count =
      words[0] === 'UPDATE' || words[0] === 'SHARE' ? 1 : words.join(' ') === 'NO KEY UPDATE' ? 3 : 0;
    const last = tokens[at + count];
    if (count > 0 && last) emit(start, last.end, 'dropped lock', '');
  }
}

/** Every bug of one file of SQL or PL/pgSQL that its operators know, in the order of the text. */
export function mutateSql(text: string): Change[] {
  const tokens = readTokens(text);
  const changes: Change[] = [];
  const emit: Emit = (start, end, operator, to) => changes.push({ start, end, operator, to });
  mutateSigns(tokens, emit);
  mutateWords(tokens, emit);
  mutateCoalesce(tokens, text, emit);
  mutateConditions(tokens, emit);
  mutateStatements(tokens, emit);
  return changes.toSorted((a, b) => a.start - b.start || a.end - b.end);
}
