-- What is found of the pace that 1688 really allows, beside the slots that it decides.
ALTER TABLE usage.pace
  ADD COLUMN found_per_second double precision,
  ADD COLUMN last_change double precision,
  ADD COLUMN changed_at timestamptz,
  ADD COLUMN raise_after timestamptz,
  ADD COLUMN calls_since integer DEFAULT 0 NOT NULL,
  ADD COLUMN passed_before integer;
--> statement-breakpoint
COMMENT ON TABLE usage.pace IS 'When the next call may leave, and the pace that 1688 was found to allow where that is less than the declared one.';
COMMENT ON COLUMN usage.pace.found_per_second IS 'Calls a second that 1688 was found to allow; null: the declared pace was not refused.';
COMMENT ON COLUMN usage.pace.last_change IS 'By what share the pace changed last: 0.03 by 3 % up, -0.03 down; null: the last raise was taken back.';
COMMENT ON COLUMN usage.pace.changed_at IS 'When the pace changed last (ledger clock): refusals of calls granted before are one finding with that.';
COMMENT ON COLUMN usage.pace.raise_after IS 'From when on the pace may be raised again.';
COMMENT ON COLUMN usage.pace.calls_since IS 'Calls since the last change that used the pace up.';
COMMENT ON COLUMN usage.backoff.pause IS 'How long it lasts: 2 s, doubled by each further refusal up to 2 minutes.';
COMMENT ON COLUMN usage.pace.passed_before IS 'Calls that 1688 let through in the second before the last finding.';
