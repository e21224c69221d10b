import { countOf } from '../../core/count-of.ts';
import { shanghaiTime } from '../../core/shanghai-time.ts';
import type { HealthIssue } from '../../model/health-issue.ts';
import { targetsPostponed } from '../../model/run.ts';
import { endingOfCode } from './ending.ts';
import type { HealthFacts, TroubledRun } from './health-store.ts';
import { isHeldAsDeclared } from './is-held-as-declared.ts';
import { issueOf, originOf, type FindRemedy } from './issue.ts';

/** An active run on which no process works. */
function ofLonelyRun({ runId, scope, heardAt }: TroubledRun): HealthIssue {
  return issueOf({
    ...{ id: 'run-alone', of: runId, severity: 'act', origin: 'operator', runId, since: heardAt },
    summary: `Run ${runId} (${scope}) is active, but no process works on it.`,
    remedy:
      'Start `catalog-sync serve` or `worker`, or wait for the next `sync` of the same feeds: it takes the run over.',
    path: `/runs/${runId}`,
  });
}

/** What one run shows that failed or is incomplete. */
function ofEndedRun(run: TroubledRun, facts: HealthFacts, findRemedy: FindRemedy): HealthIssue {
  const { runId, scope, errors, lastErrorCode } = run;
  const name = `Run ${runId} (${scope})`;
  const cause = run.cause ?? lastErrorCode ?? run.status;
  const code = lastErrorCode !== null && findRemedy(cause) === null ? lastErrorCode : cause;
  const shared = {
    ...({ id: 'run', of: `${scope}:${code}`, code, runId, since: run.endedAt } as const),
    ...{ path: `/runs/${runId}`, origin: originOf(code, findRemedy) },
  };
  // What needs nobody is another issue: who is sent only what needs a person hears when that begins and is over.
  const later = { of: `${scope}:${code}:later`, severity: 'warn', healsItself: true } as const;
  if (run.cause === targetsPostponed && run.nextTryAt !== null)
    return issueOf({
      ...{ ...shared, ...later, healsAt: run.nextTryAt },
      summary: `${name} postponed ${countOf(run.postponed, 'target')} because of \`${code}\`; the first is due from ${shanghaiTime(run.nextTryAt)}.`,
      remedy: 'Nothing, if a run starts by then. `catalog-sync retry` makes them due at once.',
    });
  // Targets that were given up wait for a person.
  const ending = errors === 0 ? endingOfCode(code, facts.holds, findRemedy) : {};
  // 1688 or the network comes back, and the next run goes on.
  const isOutage = code.startsWith('GATEWAY_') && findRemedy(code)?.recovery === 'retry' && errors === 0;
  const isExpected = isHeldAsDeclared(run, facts.holds, facts.permissions);
  const failed = errors === 0 ? '' : `: ${countOf(errors, 'target')} failed`;
  return issueOf({
    ...{ ...shared, severity: isExpected ? 'note' : 'act' },
    ...(isOutage && !isExpected ? later : {}),
    ...ending,
    summary:
      run.status === 'failed'
        ? `${name} failed because of \`${code}\`.`
        : `${name} is incomplete because of \`${code}\`${failed}.`,
    remedy: findRemedy(code)?.remedy ?? 'Its page shows the cause.',
  });
}

export function findRunIssues(facts: HealthFacts, findRemedy: FindRemedy): HealthIssue[] {
  return facts.runs.map((run) =>
    run.endedAt === null ? ofLonelyRun(run) : ofEndedRun(run, facts, findRemedy),
  );
}
