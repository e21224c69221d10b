-- Purpose: what each run spent and found. The calls are counted by the index over run_id, a run at a time.
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
COMMENT ON COLUMN usage.by_run.cause IS 'Why it ended as it did.';
COMMENT ON COLUMN usage.by_run.requested_at IS 'When it was asked for.';
COMMENT ON COLUMN usage.by_run.started_at IS 'When it started.';
COMMENT ON COLUMN usage.by_run.ended_at IS 'When it ended; null: it is active.';
COMMENT ON COLUMN usage.by_run.duration_s IS 'Seconds from its start to its end, or to now.';
COMMENT ON COLUMN usage.by_run.budget_calls IS 'Most calls it may spend; null: no bound but the quota.';
COMMENT ON COLUMN usage.by_run.used_calls IS 'Calls that count against its budget. A stored answer that is used again is no call.';
COMMENT ON COLUMN usage.by_run.attempts IS 'All attempts: ok + failed + unknown + refunded + reserved.';
COMMENT ON COLUMN usage.by_run.ok IS 'Attempts that brought what was asked for.';
COMMENT ON COLUMN usage.by_run.failed IS 'Attempts that were answered with an error, or with what could not be read.';
COMMENT ON COLUMN usage.by_run."unknown" IS 'Attempts that may have reached the gateway and whose end nobody knows; they count.';
COMMENT ON COLUMN usage.by_run.refunded IS 'Attempts of which no byte left; they do not count.';
COMMENT ON COLUMN usage.by_run.reserved IS 'Attempts that are in flight.';
COMMENT ON COLUMN usage.by_run.rows_loaded IS 'Catalog rows that its answers brought.';
COMMENT ON COLUMN usage.by_run.response_bytes IS 'Bytes of its answers.';
COMMENT ON COLUMN usage.by_run.average_latency_ms IS 'From sending to the whole answer; null without an answer.';
COMMENT ON COLUMN usage.by_run.categories_seen IS 'Category nodes in its answers.';
COMMENT ON COLUMN usage.by_run.offers_new IS 'Offers not known before.';
COMMENT ON COLUMN usage.by_run.offers_completed IS 'Offers known from searches or watch lists only, of which it fetched the first detail; also those that are not there.';
COMMENT ON COLUMN usage.by_run.offers_changed IS 'Known offers that changed.';
COMMENT ON COLUMN usage.by_run.offers_unchanged IS 'Offers seen unchanged.';
COMMENT ON COLUMN usage.by_run.prices_opened IS 'Prices that began to hold.';
COMMENT ON COLUMN usage.by_run.prices_closed IS 'Prices that ended.';
COMMENT ON COLUMN usage.by_run.rejects IS 'Values that could not be read, in sync.quarantine.';
COMMENT ON COLUMN usage.by_run.errors IS 'Targets given up.';
COMMENT ON COLUMN usage.by_run.last_error_code IS 'Code of the last of these; without any, of the last target that was postponed; null: without either.';
COMMENT ON COLUMN usage.by_run.planned_calls IS 'Calls that were expected as it began; where nothing was known of its feeds yet, the most that it could take, as the three below. Null, as these: no forecast could be made.';
COMMENT ON COLUMN usage.by_run.planned_offers_new IS 'Offers that were expected to be new.';
COMMENT ON COLUMN usage.by_run.planned_offers_changed IS 'Known offers that were expected to be found changed.';
COMMENT ON COLUMN usage.by_run.planned_s IS 'Seconds that it was expected to take.';
