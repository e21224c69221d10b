import { AppError } from '../../core/errors.ts';
import { toNamedError } from '../../db/database-error.ts';
import { endpointOfQuestion } from '../../extract/endpoints/endpoints.ts';
import { extractErrors } from '../../extract/errors.ts';
import type { Gateway, Inspected } from '../../model/gateway.ts';
import type { RawStore } from '../../raw/raw-store.ts';
import { askPatiently, formatWaiting } from '../doctor/ask-patiently.ts';
import { contractQuestions, type ContractQuestion, type Known } from './contract-questions.ts';
import { countAt, describeField, hasValue, type Answer } from './describe-field.ts';

export interface ContractParts {
  readonly gateway: Pick<Gateway, 'inspect'>;
  readonly raw: Pick<RawStore, 'keepOut'>;
}

/** What one place of one answer turned out to be. Forms, counts and codes of the gateway only. */
interface Finding {
  readonly place: string;
  readonly assumed: string;
  readonly came: string;
  /** Values at the place: of a list, one for each row. */
  readonly count: number;
  readonly isAsAssumed: boolean;
}

/** What came of one question. Fit for a file that others read: no id, text, token or secret is in it. */
export interface ContractAnswer {
  readonly question: string;
  /** The row of docs/1688.md that it is about: its first cell. */
  readonly assumes: string;
  /** What another answer changes in the product. */
  readonly changes: string;
  /** Whether a call was made. */
  readonly isAsked: boolean;
  /** Why there is nothing to compare; null: there is. */
  readonly reason: string | null;
  readonly findings: readonly Finding[];
}

export interface ContractResult {
  readonly answers: readonly ContractAnswer[];
  /** The problem of all APIs, after which no further question was asked; null: none. */
  readonly halted: AppError | null;
}

type Outcome = Pick<ContractAnswer, 'isAsked' | 'reason' | 'findings'>;

/** What one question brought, and what it means for the next ones. */
interface Turn {
  readonly outcome: Outcome;
  readonly known: Known;
  readonly halted: AppError | null;
}

const context = { ...{ runId: null, jobId: null, windowId: null }, lane: 'manual' } as const;

const notCompared = (isAsked: boolean, reason: string): Outcome => ({ isAsked, reason, findings: [] });

/** Refusals that are about the app and its volume, and not about the form of answers. */
const aboutUs: ReadonlySet<unknown> = new Set([
  extractErrors.GATEWAY_NO_GRANT,
  extractErrors.GATEWAY_PACKAGE_USED_UP,
  extractErrors.GATEWAY_TOKEN_INVALID,
  extractErrors.GATEWAY_TOO_FAST_APP,
  extractErrors.GATEWAY_TOO_FAST_API,
]);

/** Nothing has left: such a call is refunded. */
const unsent: ReadonlySet<unknown> = new Set([
  extractErrors.GATEWAY_UNREACHABLE,
  extractErrors.GATEWAY_CERTIFICATE_REFUSED,
]);

function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function compare(question: ContractQuestion, answer: Answer): Finding[] {
  return question.fields.map((field) => {
    const found = describeField(answer, field);
    return {
      place: field.path,
      assumed: field.allowed.join(' or '),
      came: found.length === 0 ? 'no rows' : found.join(' and '),
      count: countAt(answer, field),
      isAsAssumed: found.length > 0 && found.every((item) => field.allowed.includes(item)),
    };
  });
}

/** Whether no other question can be answered either. */
function findHalt(error: AppError): AppError | null {
  const isOfToken = error.kind === extractErrors.GATEWAY_TOKEN_INVALID || error.code.startsWith('AUTH_');
  return error.recovery === 'halt' && !isOfToken ? error : null;
}

/** Of an answer to a question that was asked in earnest, or with a flaw. */
function judge(question: ContractQuestion, known: Known, inspected: Inspected, isFlawed: boolean): Turn {
  const { error } = inspected;
  const halted =
    error === null || isFlawed ? null : findHalt(new AppError(error, 'the other questions were not asked'));
  if (inspected.answer === null) {
    const outcome = notCompared(!unsent.has(error), `no answer: ${error?.code ?? 'unknown'}`);
    return { outcome, known, halted };
  }
  const answer = { status: inspected.answer.status, body: parseBody(inspected.answer.body) };
  if (error !== null && !isFlawed && aboutUs.has(error)) {
    const codes = describeField(answer, hasValue('error_code')).join(' and ');
    const isTokenRefused = error === extractErrors.GATEWAY_TOKEN_INVALID;
    const outcome = notCompared(true, `refused: ${error.code} (${codes})`);
    return { outcome, known: isTokenRefused ? { ...known, isTokenRefused } : known, halted };
  }
  return {
    outcome: { isAsked: true, reason: null, findings: compare(question, answer) },
    known: { ...known, ...question.learn?.(answer) },
    halted,
  };
}

async function askOne(
  { gateway, raw }: ContractParts,
  question: ContractQuestion,
  known: Known,
): Promise<Turn> {
  const asked = question.ask(known);
  if (asked === null) {
    return { outcome: notCompared(false, 'not called: no earlier answer names one'), known, halted: null };
  }
  if (known.isTokenRefused && endpointOfQuestion(asked).needsToken) {
    const { code } = extractErrors.GATEWAY_TOKEN_INVALID;
    return { outcome: notCompared(false, `not called: after ${code}`), known, halted: null };
  }
  try {
    const inspected = await askPatiently(() => gateway.inspect(asked, context));
    if (inspected.kind === 'waiting')
      return { outcome: notCompared(false, formatWaiting(inspected)), known, halted: null };
    // No feed asked for it.
    if (inspected.rawId !== null) await raw.keepOut(inspected.rawId);
    return judge(question, known, inspected, asked.flaw !== undefined);
  } catch (thrown) {
    const error = toNamedError(thrown);
    return { outcome: notCompared(false, `not called: ${error.code}`), known, halted: findHalt(error) };
  }
}

/**
 * Asks every question of the contract once, one after the other: each is one call of the ledger, or none, when the limits
 * allow none. After a refusal that every call would get, such as that of the secret, it asks no further question.
 */
export async function askContract(parts: ContractParts): Promise<ContractResult> {
  const answers: ContractAnswer[] = [];
  let known: Known = {};
  let halted: AppError | null = null;
  for (const question of contractQuestions) {
    const { name, assumes, changes } = question;
    const turn: Turn =
      halted === null
        ? await askOne(parts, question, known)
        : { outcome: notCompared(false, `not called: after ${halted.code}`), known, halted };
    answers.push({ question: name, assumes, changes, ...turn.outcome });
    ({ known, halted } = turn);
  }
  return { answers, halted };
}
