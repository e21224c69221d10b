/** Exit codes of every verb. Cron must not alarm because a quota was used up: 3, 5 and 7 need `--strict-exit`. */
export const exitCodes = {
  succeeded: 0,
  failed: 1,
  usage: 2,
  quarantined: 3,
  configuration: 4,
  stoppedAtQuota: 5,
  anotherRunActive: 6,
  postponed: 7,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
