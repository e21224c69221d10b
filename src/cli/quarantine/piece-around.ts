import { isJsonObject, type JsonValue } from '../../core/json.ts';

/** A part of an answer, and its path. */
export interface AnswerPiece {
  /** `data[3]`; `$`: the payload itself. */
  readonly path: string;
  readonly value: JsonValue;
}

function childOf(value: JsonValue, key: string): JsonValue | undefined {
  if (Array.isArray(value)) return (value as readonly JsonValue[])[Number(key)];
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The object or list that holds the value at a path, or as near to it as the answer goes: `data[3]` of `data[3].offerId`. */
export function pieceAround(payload: JsonValue, path: string): AnswerPiece {
  const steps = path === '$' ? [] : [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)];
  let piece: AnswerPiece = { path: '$', value: payload };
  for (const [text, index, key] of steps.slice(0, -1)) {
    const value = childOf(piece.value, index ?? key ?? '');
    if (value === undefined) break;
    const joint = piece.path === '$' ? '' : piece.path;
    piece = { path: index === undefined && joint !== '' ? `${joint}.${text}` : `${joint}${text}`, value };
  }
  return piece;
}

/** More than these make the piece that matters hard to find. */
const [maxItems, maxKeys, maxTextLength, maxDepth] = [3, 60, 120, 3];

/** The value as text, without its long and deep parts. */
export function shorten(value: JsonValue, depth = 0): JsonValue {
  if (typeof value === 'string')
    return value.length > maxTextLength ? `${value.slice(0, maxTextLength)}…` : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value as readonly JsonValue[];
    if (depth >= maxDepth && items.length > 0) return `[… ${String(items.length)}]`;
    const rest = items.length - maxItems;
    const shown = items.slice(0, maxItems).map((item) => shorten(item, depth + 1));
    return rest > 0 ? [...shown, `… ${String(rest)} more`] : shown;
  }
  const entries = Object.entries(value);
  if (depth >= maxDepth && entries.length > 0) return `{… ${String(entries.length)}}`;
  const shown = entries.slice(0, maxKeys).map(([key, child]) => [key, shorten(child, depth + 1)] as const);
  const rest = entries.length - maxKeys;
  return Object.fromEntries(rest > 0 ? [...shown, ['…', `${String(rest)} more`] as const] : shown);
}
