-- What could not be fetched is tried again after minutes, and later ever more rarely; and a run says how much it left to that.
ALTER TABLE sync.refresh ADD COLUMN failed_tries smallint DEFAULT 0 NOT NULL;
ALTER TABLE sync.refresh ADD COLUMN failure_code text;
ALTER TABLE sync.search_window ADD COLUMN failed_tries smallint DEFAULT 0 NOT NULL;
ALTER TABLE sync.search_window ADD COLUMN failure_code text;
ALTER TABLE sync.category_visit ADD COLUMN failed_tries smallint DEFAULT 0 NOT NULL;
ALTER TABLE sync.category_visit ADD COLUMN failure_code text;
ALTER TABLE sync.run ADD COLUMN postponed integer DEFAULT 0 NOT NULL;
ALTER TABLE sync.run ADD COLUMN next_try_at timestamptz;
ALTER TABLE usage.backoff ADD COLUMN failures integer DEFAULT 0 NOT NULL;

COMMENT ON COLUMN sync.refresh.failed_tries IS 'How often in a row its detail could not be fetched for a reason that may pass: each time, not_before is further away.';
COMMENT ON COLUMN sync.refresh.failure_code IS 'Why it could not be fetched when it was last tried; null: it could.';
COMMENT ON COLUMN sync.search_window.failed_tries IS 'How often in a row its page could not be fetched for a reason that may pass: each time, not_before is further away.';
COMMENT ON COLUMN sync.search_window.failure_code IS 'Why it could not be fetched when it was last tried; null: it could.';
COMMENT ON COLUMN sync.category_visit.failed_tries IS 'How often in a row it could not be fetched for a reason that may pass: each time, not_before is further away.';
COMMENT ON COLUMN sync.category_visit.failure_code IS 'Why it could not be fetched when it was last tried; null: it could.';
COMMENT ON COLUMN sync.run.postponed IS 'Targets of its feeds that it left to a later try, since they could not be fetched for a reason that may pass.';
COMMENT ON COLUMN sync.run.next_try_at IS 'When the first of them is tried again, if a run is active by then; null: there are none.';
COMMENT ON COLUMN usage.backoff.failures IS 'Calls without an answer since the last that had one; five in a row begin a pause.';
COMMENT ON TABLE usage.backoff IS 'Pauses after answers that calls come too fast, or after several calls without an answer, for all processes; a good answer to a later call ends them.';
COMMENT ON COLUMN usage.backoff.pause IS 'How long it lasts: 2 s, doubled by each further one up to 2 minutes; 0 before the first.';
COMMENT ON COLUMN usage.api_hold.probe_every IS 'How long after a probe the next one goes; null: as long as the hold has lasted, between one and eight hours.';
