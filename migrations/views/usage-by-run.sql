-- Purpose: what each run spent and found. Counts the calls one run at a time, by the index on run_id.
CREATE VIEW usage.by_run AS
SELECT r.run_id, r.scope, r.feeds, r.trigger, r.status, r.cause, r.requested_at, r.started_at, r.ended_at,
       round(extract(epoch FROM coalesce(r.ended_at, usage.ledger_now()) - r.started_at))::int AS duration_s,
       r.budget_calls, r.calls_used AS used_calls, c.*, r.categories_seen, r.offers_new, r.offers_completed, r.offers_changed,
       r.offers_unchanged, r.prices_opened, r.prices_closed, r.rejects, r.errors, r.last_error_code,
       (SELECT sum(value::numeric) FROM jsonb_each_text(r.forecast -> 'calls')) AS planned_calls,
       (r.forecast ->> 'newOffers')::numeric AS planned_offers_new,
       (r.forecast ->> 'changedOffers')::numeric AS planned_offers_changed,
       (r.forecast ->> 'seconds')::numeric AS planned_s
FROM sync.run r
CROSS JOIN LATERAL (
  SELECT count(*)::int AS attempts,
         count(*) FILTER (WHERE state = 'committed' AND outcome = 'ok')::int AS ok,
         count(*) FILTER (WHERE state = 'committed' AND outcome <> 'ok')::int AS failed,
         count(*) FILTER (WHERE state = 'unknown')::int AS "unknown",
         count(*) FILTER (WHERE state = 'refunded')::int AS refunded,
         count(*) FILTER (WHERE state = 'reserved')::int AS reserved,
         coalesce(sum(rows_loaded), 0)::bigint AS rows_loaded,
         coalesce(sum(response_bytes), 0)::bigint AS response_bytes,
         round(avg(latency_ms))::int AS average_latency_ms
  FROM usage.api_call
  WHERE run_id = r.run_id
) c;

COMMENT ON VIEW usage.by_run IS 'What each run spent and found. Key: run_id.';
COMMENT ON COLUMN usage.by_run.run_id IS 'Run (sync.run).';
COMMENT ON COLUMN usage.by_run.scope IS 'all, feed:<name>, or feeds:<name>,<name>.';
COMMENT ON COLUMN usage.by_run.feeds IS 'Names of its feeds, as a JSON array.';
COMMENT ON COLUMN usage.by_run.trigger IS 'cli, web, demo, or the name of a schedule.';
COMMENT ON COLUMN usage.by_run.status IS 'queued, running, succeeded, partial_quota, partial_error, failed or cancelled.';
COMMENT ON COLUMN usage.by_run.cause IS 'Why it ended with this status.';
COMMENT ON COLUMN usage.by_run.requested_at IS 'Time at which it was requested.';
COMMENT ON COLUMN usage.by_run.started_at IS 'Time at which it started.';
COMMENT ON COLUMN usage.by_run.ended_at IS 'Time at which it ended; null: it is active.';
COMMENT ON COLUMN usage.by_run.duration_s IS 'Seconds from its start to its end or, while it is active, to now.';
COMMENT ON COLUMN usage.by_run.budget_calls IS 'Most calls it may spend; null: only the quota limits it.';
COMMENT ON COLUMN usage.by_run.used_calls IS 'Calls that count against its budget. Using a stored answer again is no call.';
COMMENT ON COLUMN usage.by_run.attempts IS 'All attempts: ok + failed + unknown + refunded + reserved.';
COMMENT ON COLUMN usage.by_run.ok IS 'Attempts that brought what was asked for.';
COMMENT ON COLUMN usage.by_run.failed IS 'Attempts that were answered with an error, or with an answer that could not be read.';
COMMENT ON COLUMN usage.by_run."unknown" IS 'Attempts that may have reached the gateway and whose end is not known; they count.';
COMMENT ON COLUMN usage.by_run.refunded IS 'Attempts of which no byte was sent; they do not count.';
COMMENT ON COLUMN usage.by_run.reserved IS 'Attempts in flight.';
COMMENT ON COLUMN usage.by_run.rows_loaded IS 'Catalog rows that came from its answers.';
COMMENT ON COLUMN usage.by_run.response_bytes IS 'Bytes of its answers.';
COMMENT ON COLUMN usage.by_run.average_latency_ms IS 'Average time from sending to the complete answer; null without an answer.';
COMMENT ON COLUMN usage.by_run.categories_seen IS 'Category nodes in its answers.';
COMMENT ON COLUMN usage.by_run.offers_new IS 'Offers that its answers were the first to show. Offers of watch lists are known before.';
COMMENT ON COLUMN usage.by_run.offers_completed IS 'Offers known only from searches or watch lists, of which it fetched the first detail, including offers that the detail did not find.';
COMMENT ON COLUMN usage.by_run.offers_changed IS 'Known offers whose detail it fetched again, and found changed. What only its search rows show is in usage.yield.';
COMMENT ON COLUMN usage.by_run.offers_unchanged IS 'Known offers whose detail it fetched again, and found unchanged.';
COMMENT ON COLUMN usage.by_run.prices_opened IS 'Price intervals that began, those of search rows too.';
COMMENT ON COLUMN usage.by_run.prices_closed IS 'Price intervals that ended, those of search rows too.';
COMMENT ON COLUMN usage.by_run.rejects IS 'Values that could not be read; they are in sync.quarantine.';
COMMENT ON COLUMN usage.by_run.errors IS 'Targets that it gave up.';
COMMENT ON COLUMN usage.by_run.last_error_code IS 'Error code of the last target it gave up or, without one, of the last target it postponed; null: neither.';
COMMENT ON COLUMN usage.by_run.planned_calls IS 'Calls expected when it began; if nothing was known of its feeds yet, the most that it could take. The same holds for the three columns below. Null in all four: no forecast was possible.';
COMMENT ON COLUMN usage.by_run.planned_offers_new IS 'Offers expected to be new.';
COMMENT ON COLUMN usage.by_run.planned_offers_changed IS 'Known offers expected to be found changed.';
COMMENT ON COLUMN usage.by_run.planned_s IS 'Seconds that it was expected to take.';
