-- A worker says what it is and does, and when it ended. A release that does not say it leaves the columns empty.
ALTER TABLE sync.worker ADD COLUMN pid integer;
ALTER TABLE sync.worker ADD COLUMN version text;
ALTER TABLE sync.worker ADD COLUMN jobs integer;
ALTER TABLE sync.worker ADD COLUMN recent_calls integer;
ALTER TABLE sync.worker ADD COLUMN last_error_code text;
ALTER TABLE sync.worker ADD COLUMN last_error_at timestamptz;
ALTER TABLE sync.worker ADD COLUMN ended_at timestamptz;

COMMENT ON COLUMN sync.worker.pid IS 'Its process id on that machine. Null: a version that did not say.';
COMMENT ON COLUMN sync.worker.version IS 'Its version of catalog-sync. Null: a version that did not say.';
COMMENT ON COLUMN sync.worker.jobs IS 'Jobs under way at its last heartbeat. Null: a version that did not say.';
COMMENT ON COLUMN sync.worker.recent_calls IS 'Calls that it made in the five minutes before its last heartbeat. Null: a version that did not say.';
COMMENT ON COLUMN sync.worker.last_error_code IS 'Code of the last error of its calls and jobs (docs/errors.md); null: there was none.';
COMMENT ON COLUMN sync.worker.last_error_at IS 'When that was, by its own clock.';
COMMENT ON COLUMN sync.worker.ended_at IS 'When it ended in order. Null: it works, or it was killed.';
