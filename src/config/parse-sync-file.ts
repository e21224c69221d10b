import { isMap, isPair, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';
import type { z } from 'zod';
import { AppError, coreErrors } from '../core/errors.ts';
import type { SyncConfig } from '../model/sync-config.ts';
import { checkSyncConfig, type SyncFileProblem } from './check-sync-config.ts';
import { findYamlExcess } from './find-yaml-excess.ts';
import { nearestKey } from './nearest-key.ts';
import { knownKeysAt, syncFileSchema } from './sync-config-schema.ts';
import { toSyncConfig } from './to-sync-config.ts';

/** A hand-written file stays far below this; parsing a hundred times more would stall the process. */
const maxFileBytes = 1_000_000;

/** More than a terminal shows; a damaged file has one in each line. */
const maxProblems = 50;

/** Of all that YAML complains about, the one thing that leaves the rest of the file readable. */
const duplicateKey = 'Map keys must be unique';

interface PlacedProblem {
  readonly offset: number;
  readonly path: string;
  readonly message: string;
}

/** Each error of `yaml` takes its stack along, which nobody reads: without them, 200,000 take a sixth of the time. */
function withoutStacks<T>(act: () => T): T {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return act();
  } finally {
    Error.stackTraceLimit = before;
  }
}

function readDocument(text: string, lines: LineCounter): Document {
  const options = { version: '1.2', lineCounter: lines, prettyErrors: false, stringKeys: true } as const;
  const document = withoutStacks(() => parseDocument(text, options));
  visit(document, {
    Scalar(_, node) {
      // A double would change the last digits of a long id; its source does not.
      if (typeof node.value === 'number' && !Number.isSafeInteger(node.value) && node.source !== undefined) {
        if (/^\d+$/.test(node.source)) node.value = node.source;
      }
    },
  });
  return document;
}

function yamlProblems(document: Document): PlacedProblem[] {
  const problems = [...document.errors, ...document.warnings].map((error) => ({
    offset: error.pos[0],
    path: '',
    message: error.message,
  }));
  visit(document, {
    Alias(_, node) {
      const message = `aliases (*${node.source}) are not supported: write the value out`;
      problems.push({ offset: node.range?.[0] ?? 0, path: '', message });
    },
  });
  return problems;
}

/** Where in the text `path` is: its key if it is a key, its entry if it is a list position, otherwise its parent. */
function offsetOf(document: Document, path: SyncFileProblem['path']): number {
  const last = path.at(-1);
  if (last === undefined) return document.contents?.range?.[0] ?? 0;
  const parent = document.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(last));
    if (isPair(pair) && isScalar(pair.key)) return pair.key.range?.[0] ?? 0;
  }
  const node = document.getIn(path, true);
  if (isScalar(node) || isMap(node)) return node.range?.[0] ?? 0;
  return offsetOf(document, path.slice(0, -1));
}

/** The path as text, like `feeds[0].keywords[2]`. */
function pathText(path: SyncFileProblem['path']): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number' || !/^[\w.-]+$/.test(part)) return `${text}[${JSON.stringify(part)}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

function unknownKeyProblem(path: SyncFileProblem['path'], key: string): SyncFileProblem {
  const nearest = nearestKey(key, knownKeysAt(path));
  const hint = nearest === undefined ? '' : `: did you mean ${nearest}?`;
  return { path: [...path, key], message: `is not a known key${hint}` };
}

function fromZodIssue(issue: z.core.$ZodIssue): SyncFileProblem[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKeyProblem(path, key));
  if (issue.code === 'invalid_key') return [unknownKeyProblem(path.slice(0, -1), String(path.at(-1)))];
  return [{ path, message: issue.message }];
}

/** Those problems that can be shown, with their places, which take long to find, and how many more there are. */
function contentProblems(document: Document, issues: readonly z.core.$ZodIssue[]) {
  const problems: SyncFileProblem[] = [];
  let unplaced = 0;
  for (const issue of issues) {
    if (problems.length <= maxProblems) problems.push(...fromZodIssue(issue));
    else unplaced += issue.code === 'unrecognized_keys' ? issue.keys.length : 1;
  }
  const placed = problems.map(({ path, message }): PlacedProblem => ({
    offset: offsetOf(document, path),
    path: pathText(path),
    message,
  }));
  return { placed, unplaced };
}

/**
 * The schema with the rules that check several values, which also run when single values are invalid. With more of those than are
 * shown, nobody would see what the rules say.
 */
const checkedFile = syncFileSchema.superRefine(
  (file, ctx) => {
    for (const { path, message } of checkSyncConfig(file, ctx.issues))
      ctx.addIssue({ code: 'custom', path: [...path], message });
  },
  { when: ({ issues }) => issues.length <= maxProblems },
);

/** @param unplaced how many problems there are besides those that have a place */
function refuse(
  fileName: string,
  places: LineCounter,
  problems: readonly PlacedProblem[],
  unplaced = 0,
): AppError {
  const textOf = ({ offset, path, message }: PlacedProblem): string => {
    const { line, col } = places.linePos(offset);
    const subject = path === '' ? '' : `${path} `;
    return `${fileName}:${String(Math.max(line, 1))}:${String(Math.max(col, 1))} ${subject}${message}`;
  };
  const sorted = problems.toSorted((left, right) => left.offset - right.offset);
  const lines = [...new Set(sorted.slice(0, maxProblems).map(textOf))];
  const more = problems.length - maxProblems + unplaced;
  const shown = more > 0 ? [...lines, `and ${String(more)} more`] : lines;
  const lead = `${fileName} can't be used, nothing was started`;
  return new AppError(coreErrors.CONFIG_FILE_INVALID, [`${lead}:`, ...shown].join('\n'), {
    facts: { problems: problems.length + unplaced },
  });
}

/** What keeps the text from being parsed at all: with more of it, parsing would stall or end the process. */
function refuseExcess(text: string, fileName: string): void {
  const places = new LineCounter();
  const excess =
    text.length > maxFileBytes
      ? { offset: 0, message: `is longer than ${String(maxFileBytes)} characters` }
      : findYamlExcess(text, places);
  if (excess) throw refuse(fileName, places, [{ ...excess, path: '' }]);
}

/**
 * Reads `catalog-sync.yaml`: YAML 1.2 without aliases, every key known, defaults filled in.
 *
 * @param fileName how the file is called in messages
 * @throws AppError CONFIG_FILE_INVALID, which lists every problem as `file:line:column path message`
 */
export function parseSyncFile(text: string, fileName: string): SyncConfig {
  refuseExcess(text, fileName);
  const lines = new LineCounter();
  const document = readDocument(text, lines);
  const unreadable = yamlProblems(document);
  if (unreadable.some((problem) => problem.message !== duplicateKey))
    throw refuse(fileName, lines, unreadable);
  const parsed = checkedFile.safeParse(document.toJS());
  const { placed, unplaced } = contentProblems(document, parsed.error?.issues ?? []);
  const problems = [...unreadable, ...placed];
  if (problems.length > 0 || !parsed.success) throw refuse(fileName, lines, problems, unplaced);
  return toSyncConfig(parsed.data);
}
