CREATE TABLE "usage"."hour_total" (
	"hour" timestamp with time zone NOT NULL,
	"app_key" text NOT NULL,
	"api" text NOT NULL,
	"state" text NOT NULL,
	"outcome" text,
	"is_exempt" boolean NOT NULL,
	"calls" integer NOT NULL,
	"timed_calls" integer NOT NULL,
	"total_latency_ms" bigint,
	"max_latency_ms" integer,
	"response_bytes" bigint,
	"rows_loaded" bigint,
	CONSTRAINT "hour_total_key" UNIQUE NULLS NOT DISTINCT("hour","app_key","api","state","outcome","is_exempt")
);
--> statement-breakpoint
CREATE TABLE "usage"."totalled_hour" (
	"hour" timestamp with time zone PRIMARY KEY NOT NULL
);
--> statement-breakpoint
ALTER TABLE "usage"."api_call" ADD COLUMN "offers_new" integer;--> statement-breakpoint
ALTER TABLE "usage"."api_call" ADD COLUMN "offers_completed" integer;--> statement-breakpoint
ALTER TABLE "usage"."api_call" ADD COLUMN "offers_changed" integer;--> statement-breakpoint
ALTER TABLE "usage"."api_call" ADD COLUMN "prices_changed" integer;--> statement-breakpoint
CREATE INDEX "api_call_granted" ON "usage"."api_call" USING btree ("granted_at");--> statement-breakpoint
-- From here on by hand: what drizzle-kit can't say.
COMMENT ON COLUMN "usage"."api_call"."offers_new" IS 'Offers that it showed first; null: not loaded, neither a search nor a detail, or loaded by an older version.';
COMMENT ON COLUMN "usage"."api_call"."offers_completed" IS 'Known offers of which it was the first detail, or the first search row.';
COMMENT ON COLUMN "usage"."api_call"."offers_changed" IS 'Known offers that it showed changed, in a field or a price.';
COMMENT ON COLUMN "usage"."api_call"."prices_changed" IS 'Prices that it ended.';
COMMENT ON TABLE "usage"."totalled_hour" IS 'Hours whose calls are in usage.hour_total. A call of such an hour that still changes takes its hour out again.';
COMMENT ON COLUMN "usage"."totalled_hour"."hour" IS 'Begin of the hour.';
COMMENT ON TABLE "usage"."hour_total" IS 'Calls of an hour by app, API and end, so that long spans need not read each call. Holds for the hours of usage.totalled_hour.';
COMMENT ON COLUMN "usage"."hour_total"."hour" IS 'Begin of the hour.';
COMMENT ON COLUMN "usage"."hour_total"."app_key" IS 'App key.';
COMMENT ON COLUMN "usage"."hour_total"."api" IS 'namespace:name:version.';
COMMENT ON COLUMN "usage"."hour_total"."state" IS 'As in usage.api_call.';
COMMENT ON COLUMN "usage"."hour_total"."outcome" IS 'As in usage.api_call.';
COMMENT ON COLUMN "usage"."hour_total"."is_exempt" IS 'As in usage.api_call.';
COMMENT ON COLUMN "usage"."hour_total"."calls" IS 'How many calls.';
COMMENT ON COLUMN "usage"."hour_total"."timed_calls" IS 'Those of them whose latency was measured.';
COMMENT ON COLUMN "usage"."hour_total"."total_latency_ms" IS 'Sum of their latencies.';
COMMENT ON COLUMN "usage"."hour_total"."max_latency_ms" IS 'The longest of them.';
COMMENT ON COLUMN "usage"."hour_total"."response_bytes" IS 'Bytes of all answers.';
COMMENT ON COLUMN "usage"."hour_total"."rows_loaded" IS 'Catalog rows that the answers brought.';
--> statement-breakpoint
-- Who changes a call of an hour that may be totalled holds this lock shared, who totals holds it alone: a total has
-- either seen the change, or is there to be taken out by it.
CREATE FUNCTION usage.totals_lock() RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT hashtextextended('usage.hour_total', 0)
$$;
--> statement-breakpoint
CREATE FUNCTION usage.forget_total() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(usage.totals_lock());
  DELETE FROM usage.totalled_hour WHERE hour = date_trunc('hour', NEW.granted_at, 'UTC');
  RETURN NULL;
END $$;
--> statement-breakpoint
-- Only of calls that are hours old, so that those that end in time wait for nobody.
CREATE TRIGGER api_call_forgets_total AFTER INSERT OR UPDATE ON usage.api_call FOR EACH ROW
  WHEN (NEW.granted_at < usage.ledger_now() - interval '2 hours')
  EXECUTE FUNCTION usage.forget_total();
--> statement-breakpoint
-- Totals hours that ended two hours ago or earlier, the oldest first, and gives how many. Cheap when there is nothing
-- to do: the newest of them is done last.
CREATE FUNCTION usage.total_hours(p_max int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_last timestamptz := date_trunc('hour', usage.ledger_now(), 'UTC') - interval '3 hours';
  v_hours timestamptz[];
BEGIN
  IF EXISTS (SELECT FROM usage.totalled_hour t WHERE t.hour = v_last) THEN RETURN 0; END IF;
  -- Who waited here would keep those behind it waiting; the next tick tries again.
  IF NOT pg_try_advisory_xact_lock(usage.totals_lock()) THEN RETURN 0; END IF;
  SELECT coalesce(array_agg(hour ORDER BY hour), '{}') INTO v_hours
  FROM (
    SELECT hour
    FROM generate_series(date_trunc('hour', (SELECT min(granted_at) FROM usage.api_call), 'UTC'), v_last, '1 hour') hour
    WHERE NOT EXISTS (SELECT FROM usage.totalled_hour t WHERE t.hour = hour.hour)
    ORDER BY hour
    LIMIT p_max
  ) missing;
  DELETE FROM usage.hour_total WHERE hour = ANY (v_hours);
  INSERT INTO usage.hour_total (hour, app_key, api, state, outcome, is_exempt, calls, timed_calls, total_latency_ms,
    max_latency_ms, response_bytes, rows_loaded)
  SELECT h.hour, c.*
  FROM unnest(v_hours) h (hour)
  CROSS JOIN LATERAL (
    SELECT app_key, api, state, outcome, is_exempt, count(*), count(latency_ms), sum(latency_ms), max(latency_ms),
           sum(response_bytes), sum(rows_loaded)
    FROM usage.api_call
    WHERE granted_at >= h.hour AND granted_at < h.hour + interval '1 hour'
    GROUP BY app_key, api, state, outcome, is_exempt
  ) c;
  INSERT INTO usage.totalled_hour SELECT unnest(v_hours);
  RETURN cardinality(v_hours);
END $$;
