-- By what a process that works fails, for the health issues. A release that does not say it leaves the columns empty.
ALTER TABLE sync.worker ADD COLUMN is_service boolean DEFAULT false NOT NULL;
ALTER TABLE sync.worker ADD COLUMN failing_code text;
ALTER TABLE sync.worker ADD COLUMN failing_since timestamptz;
ALTER TABLE sync.worker ADD CONSTRAINT worker_failing CHECK ((failing_code IS NULL) = (failing_since IS NULL)) NOT VALID;
COMMENT ON COLUMN sync.worker.is_service IS 'True: serve or worker, which work until they are stopped; false: sync, or a version that did not say.';
COMMENT ON COLUMN sync.worker.failing_code IS 'Code of docs/errors.md by which its last tick failed. Null: it works.';
COMMENT ON COLUMN sync.worker.failing_since IS 'Since when it fails by this code.';

-- What a notification says of its health issue, beside the sentence: docs/health.md.
ALTER TABLE sync.notification ADD COLUMN issue_id text;
ALTER TABLE sync.notification ADD COLUMN origin text;
ALTER TABLE sync.notification ADD COLUMN since timestamptz;
ALTER TABLE sync.notification ADD COLUMN heals_itself boolean;
ALTER TABLE sync.notification ADD COLUMN heals_at timestamptz;
ALTER TABLE sync.notification ADD COLUMN run_id bigint;
ALTER TABLE sync.notification ADD COLUMN code text;
COMMENT ON COLUMN sync.notification.issue_id IS 'Which kind of health issue it is: a section of docs/health.md.';
COMMENT ON COLUMN sync.notification.origin IS 'Who can end it: operator, catalog-sync, 1688 or network.';
COMMENT ON COLUMN sync.notification.since IS 'When what is wrong began, as far as it is known; began_at is when it was noticed.';
COMMENT ON COLUMN sync.notification.heals_itself IS 'True: it ends without a person.';
COMMENT ON COLUMN sync.notification.heals_at IS 'From when on it can end by itself. Null: not known.';
COMMENT ON COLUMN sync.notification.run_id IS 'The run that shows it. Null: none.';
COMMENT ON COLUMN sync.notification.code IS 'Code of docs/errors.md behind it. Null: none.';
