-- Ages that are promised for the details of a feed (`max_age` of the sync file). docs/planner.md.
ALTER TABLE sync.feed ADD COLUMN max_age interval;
COMMENT ON COLUMN sync.feed.max_age IS 'Details of its offers are to be no older than this (max_age of the sync file), as of its newest run; null: no age is promised.';

CREATE INDEX refresh_detail_age ON sync.refresh (feed_set, coalesce(detail_at, '-infinity'::timestamptz), offer_id) WHERE bucket IS NOT NULL;
