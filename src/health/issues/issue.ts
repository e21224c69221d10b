import type { ErrorKind, Origin } from '../../core/errors.ts';
import type { HealthIssue } from '../../model/health-issue.ts';

/** What docs/errors.md says of a code; null: an unknown code. */
export type FindRemedy = (code: string) => Pick<ErrorKind, 'remedy' | 'recovery' | 'origin'> | null;

type Needed = 'id' | 'severity' | 'origin' | 'summary' | 'remedy' | 'path';

/** An issue by what differs between issues: a state of which nothing more is known, unless told. */
type Told = Pick<HealthIssue, Needed> &
  Partial<Omit<HealthIssue, Needed | 'key'>> & {
    /** What sets it apart from others of its id; none: there is one at a time. */
    readonly of?: string;
  };

export function issueOf({ of: subject, ...told }: Told): HealthIssue {
  return {
    key: subject === undefined ? told.id : `${told.id}:${subject}`,
    kind: 'state',
    since: null,
    healsItself: false,
    healsAt: null,
    runId: null,
    code: null,
    ...told,
  };
}

/** Whose an error is; of an unknown code of 1688, 1688's. */
export function originOf(code: string, findRemedy: FindRemedy): Origin {
  return findRemedy(code)?.origin ?? '1688';
}

export const apiLabel = (api: string): string =>
  api === '*' ? 'all APIs' : `\`${api.split(':')[1] ?? api}\``;
