import { isPlaceholder } from '../../config/placeholders.ts';
import { describeUnknownSetting, isSetting } from './unknown-setting.ts';

/** Something odd in an env file. `detail` never holds a value. */
export interface EnvFinding {
  /** From 1. */
  readonly line: number;
  readonly key: string;
  readonly detail: string;
  /** A placeholder is always wrong; the others may be valid. */
  readonly isFatal: boolean;
}

function valueProblems(raw: string): string[] {
  const value = raw.trim();
  const quoted = /^(["'`])(.*)\1$/.exec(value);
  const inner = quoted?.[2] ?? value;
  const problems = [];
  if (quoted)
    problems.push('has quotes around its value: remove them, because other tools treat them as part of it');
  if (raw !== raw.trimEnd() || raw !== raw.trimStart() || inner !== inner.trim()) {
    problems.push('has spaces around its value');
  }
  if (!quoted && /\S#/.test(value)) problems.push('has a # in its value, which begins a comment: quote it');
  if (/[^\u0020-\u007e]/.test(inner)) problems.push('has characters in its value that no credential has');
  return problems;
}

/** Reads the raw lines of an env file, before a parser has normalized them. */
export function scanEnvFile(text: string): EnvFinding[] {
  return text.split(/\r?\n/).flatMap((content, index): EnvFinding[] => {
    const match = /^(\ufeff?)\s*(?:export\s+)?([A-Za-z_][\w.-]*)(\s*)=(.*)$/.exec(content);
    if (!match) return [];
    const [, mark, key = '', space, raw = ''] = match;
    const isOurs = isSetting(key);
    const details = isOurs ? valueProblems(raw) : [];
    if (mark) details.push('comes after a byte order mark: save the file as UTF-8 without one');
    if (space && isOurs) details.push('has a space before its =');
    const unknown = describeUnknownSetting(key);
    if (unknown !== null) details.push(unknown);
    const at = { line: index + 1, key };
    const found = details.map((detail) => ({ ...at, detail, isFatal: false }));
    const isLeftIn = isOurs && isPlaceholder(raw.replace(/["'`]/g, ''));
    return isLeftIn
      ? [...found, { ...at, detail: 'still has the placeholder of the guide', isFatal: true }]
      : found;
  });
}
