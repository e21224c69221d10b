CREATE TABLE "usage"."api_group" (
	"app_key" text NOT NULL,
	"name" text NOT NULL,
	"api" text NOT NULL,
	CONSTRAINT "api_group_app_key_api_name_pk" PRIMARY KEY("app_key","api","name"),
	CONSTRAINT "api_group_name" CHECK ("usage"."api_group"."name" LIKE '@_%')
);
--> statement-breakpoint
CREATE TABLE "usage"."backoff" (
	"app_key" text NOT NULL,
	"api" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"pause" interval NOT NULL,
	"longest_pause_since" timestamp with time zone,
	CONSTRAINT "backoff_app_key_api_pk" PRIMARY KEY("app_key","api")
);
--> statement-breakpoint
CREATE TABLE "usage"."ledger_epoch" (
	"is_only_row" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"epoch" text,
	"changed_at" timestamp with time zone,
	CONSTRAINT "ledger_epoch_one_row" CHECK ("usage"."ledger_epoch"."is_only_row")
);
--> statement-breakpoint
ALTER TABLE "usage"."api_hold" ADD COLUMN "probe_every" interval;--> statement-breakpoint
ALTER TABLE "usage"."quota_period" ADD COLUMN "day_starts_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "usage"."quota_period" ADD COLUMN "used_before_day" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "usage"."quota_period" ADD COLUMN "is_assumed_spent" boolean DEFAULT false NOT NULL;--> statement-breakpoint
-- From here on by hand: what drizzle-kit can't say.
INSERT INTO "usage"."ledger_epoch" DEFAULT VALUES;
--> statement-breakpoint
COMMENT ON TABLE "usage"."api_group" IS 'APIs that share limits: those of usage.quota_limit with the group''s name as their api.';
COMMENT ON COLUMN "usage"."api_group"."app_key" IS 'App key.';
COMMENT ON COLUMN "usage"."api_group"."name" IS 'The group''s name, which begins with @.';
COMMENT ON COLUMN "usage"."api_group"."api" IS 'namespace:name:version of an API of the group.';
COMMENT ON TABLE "usage"."backoff" IS 'Pauses after answers that calls come too fast, for all processes; a good answer to a later call ends them.';
COMMENT ON COLUMN "usage"."backoff"."app_key" IS 'App key.';
COMMENT ON COLUMN "usage"."backoff"."api" IS 'namespace:name:version of the API that pauses, or * for all of the app.';
COMMENT ON COLUMN "usage"."backoff"."started_at" IS 'When the present pause began.';
COMMENT ON COLUMN "usage"."backoff"."pause" IS 'How long it lasts: 10 s, doubled by each further refusal up to 2 minutes.';
COMMENT ON COLUMN "usage"."backoff"."longest_pause_since" IS 'Since when pauses are as long as they get; null: they are not.';
COMMENT ON TABLE "usage"."ledger_epoch" IS 'Which database the counts were made in: after a restore or failover it is another one, and calls may be missing.';
COMMENT ON COLUMN "usage"."ledger_epoch"."is_only_row" IS 'There is one row.';
COMMENT ON COLUMN "usage"."ledger_epoch"."epoch" IS 'System identifier, timeline and oid of the database; null: no call was granted yet.';
COMMENT ON COLUMN "usage"."ledger_epoch"."changed_at" IS 'When it was seen to be another one (ledger clock); null: never.';
COMMENT ON COLUMN "usage"."api_hold"."probe_every" IS 'How long after a probe the next one goes; null: on the provider''s next day.';
COMMENT ON COLUMN "usage"."quota_limit"."api" IS 'namespace:name:version, the @name of a group of APIs, or * for the app as a whole.';
COMMENT ON COLUMN "usage"."quota_period"."api" IS 'namespace:name:version, the @name of a group of APIs, or * for the app as a whole.';
COMMENT ON COLUMN "usage"."quota_period"."day_starts_at" IS 'The provider''s day of the latest grant; null: none yet.';
COMMENT ON COLUMN "usage"."quota_period"."used_before_day" IS 'What was used of the window when that day''s first call was granted: a month is spread over its days.';
COMMENT ON COLUMN "usage"."quota_period"."is_assumed_spent" IS 'Whether external holds calls that nobody counted: the database was restored, and they wait for a number from the console.';
--> statement-breakpoint
-- Limits of an API, of the groups it is in, and of the whole app at a time; where several are in effect, the
-- youngest rules.
CREATE OR REPLACE FUNCTION usage.limits_in_effect(p_app_key text, p_api text, p_at timestamptz)
RETURNS SETOF usage.quota_limit LANGUAGE sql STABLE AS $$
  SELECT DISTINCT ON (l.api, l.period_kind) l.*
  FROM usage.quota_limit l
  WHERE l.app_key = p_app_key
    AND (l.api IN (p_api, '*')
      OR l.api IN (SELECT g.name FROM usage.api_group g WHERE g.app_key = p_app_key AND g.api = p_api))
    AND l.valid_from <= p_at AND (l.valid_to IS NULL OR l.valid_to > p_at)
  ORDER BY l.api, l.period_kind, l.valid_from DESC, l.limit_id DESC
$$;
--> statement-breakpoint
DROP FUNCTION usage.quota_periods(text, text, timestamptz, timestamptz);
--> statement-breakpoint
-- Every window in which a call may count that arrives between two times, with what is used of it. free_at: when
-- a full one has room again (null: nothing of it is used). used_today: what the present day (of a rolling month: the
-- present 24 hours of its count) has used of it.
CREATE FUNCTION usage.quota_periods(p_app_key text, p_api text, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (limit_id bigint, api text, period_kind text, reset text, call_limit int, starts_at timestamptz,
               ends_at timestamptz, used int, unknown int, external int, period_ids bigint[], free_at timestamptz,
               used_today int, day_starts_at timestamptz, day_ends_at timestamptz, is_assumed_spent boolean)
LANGUAGE sql STABLE AS $$
  SELECT l.limit_id, l.api, l.period_kind, l.reset, l.call_limit, t.starts_at, t.ends_at,
         u.used, u.unknown, u.external, u.period_ids,
         CASE l.reset WHEN 'calendar' THEN t.ends_at ELSE u.first_ends_at + (p_from - t.counted_from) END,
         u.used_today, d.starts_at, d.ends_at, u.is_assumed_spent
  FROM usage.limits_in_effect(p_app_key, p_api, p_from) l
  CROSS JOIN LATERAL usage.periods_touched(l.period_kind, l.reset, l.zone, p_from, p_to) t
  CROSS JOIN LATERAL (SELECT date_trunc('day', greatest(p_from, t.starts_at) AT TIME ZONE l.zone) AS local_day) n
  CROSS JOIN LATERAL (
    SELECT CASE l.reset WHEN 'calendar' THEN local_day AT TIME ZONE l.zone ELSE t.starts_at END AS starts_at,
           CASE l.reset WHEN 'calendar' THEN (local_day + interval '1 day') AT TIME ZONE l.zone ELSE t.ends_at END AS ends_at
  ) d
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(w.granted - w.refunded + w.external), 0)::int AS used,
           coalesce(sum(w.unknown), 0)::int AS unknown,
           coalesce(sum(w.external), 0)::int AS external,
           coalesce(array_agg(w.period_id), '{}') AS period_ids,
           min(w.ends_at) FILTER (WHERE w.granted - w.refunded + w.external > 0) AS first_ends_at,
           coalesce(sum(CASE WHEN l.reset = 'rolling' THEN (w.starts_at = d.starts_at)::int * (w.granted - w.refunded + w.external)
                             WHEN w.day_starts_at = d.starts_at
                             THEN w.granted - w.refunded + w.external - w.used_before_day ELSE 0 END), 0)::int AS used_today,
           coalesce(bool_or(w.is_assumed_spent), false) AS is_assumed_spent
    FROM usage.quota_period w
    WHERE w.app_key = p_app_key AND w.api = l.api AND w.period_kind = l.period_kind
      AND w.ends_at > t.counted_from AND w.starts_at < t.counted_to
  ) u
  WHERE l.period_kind <> 'second'
$$;
--> statement-breakpoint
-- The window that refuses a call for longest, if any. The manual lane may use all of a window. A month is spread:
-- each day has an equal share of what is left of it, so that what one day leaves over goes to all that follow; of a
-- rolling month, whose length touches 32 of its days, a 32nd. Of a day, and of a day's share, 5 % are kept for the
-- manual lane; over the day's last two hours they are released to everyone, evenly.
CREATE OR REPLACE FUNCTION usage.refusing_period(
  p_app_key text, p_api text, p_lane text, p_now timestamptz, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (period_kind text, free_at timestamptz) LANGUAGE sql STABLE AS $$
  SELECT w.period_kind,
         CASE WHEN w.used >= w.call_limit THEN coalesce(w.free_at, w.ends_at)
              WHEN d.spent < d.share AND w.reset = 'calendar'
              THEN greatest(p_now, d.ends_at - interval '2 hours' * ((d.share - d.spent - 1) / k.kept))
              WHEN w.period_kind = 'month' THEN w.day_ends_at
              ELSE coalesce(w.free_at, w.ends_at) END
  FROM usage.quota_periods(p_app_key, p_api, p_from, p_to) w
  CROSS JOIN LATERAL (
    SELECT CASE w.period_kind WHEN 'month' THEN w.used_today ELSE w.used END AS spent,
           CASE w.period_kind WHEN 'month' THEN w.day_ends_at ELSE w.ends_at END AS ends_at,
           CASE WHEN p_lane = 'manual' THEN NULL
                WHEN w.period_kind = 'day' THEN w.call_limit
                WHEN w.period_kind <> 'month' THEN NULL
                WHEN w.reset = 'rolling' THEN greatest(1, floor(w.call_limit / 32::float8))
                ELSE ceil((w.call_limit - (w.used - w.used_today))
                          / greatest(1, round(extract(epoch FROM w.ends_at - w.day_starts_at)::float8 / 86400))) END AS share
  ) d
  CROSS JOIN LATERAL (SELECT floor(d.share * 0.05::float8) AS kept) k
  CROSS JOIN LATERAL (
    SELECT ceil(k.kept * CASE WHEN w.reset = 'calendar' THEN least(1, greatest(0, extract(epoch FROM d.ends_at - p_now) / 7200))
                              WHEN w.period_kind = 'day' THEN 1 ELSE 0 END) AS now_kept
  ) r
  WHERE w.used >= w.call_limit OR d.spent >= d.share - r.now_kept
  ORDER BY 2 DESC
  LIMIT 1
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION usage.take(p_app_key text, p_api text, p_from timestamptz, p_to timestamptz)
RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
  v_period_ids bigint[];
BEGIN
  WITH taken AS (
    INSERT INTO usage.quota_period AS w
      (app_key, api, period_kind, starts_at, ends_at, call_limit, granted, day_starts_at)
    SELECT p_app_key, q.api, q.period_kind, q.starts_at, q.ends_at, q.call_limit, 1, q.day_starts_at
    FROM usage.quota_periods(p_app_key, p_api, p_from, p_to) q
    ON CONFLICT ON CONSTRAINT quota_period_span
      DO UPDATE SET granted = w.granted + 1, call_limit = excluded.call_limit, day_starts_at = excluded.day_starts_at,
        used_before_day = CASE WHEN w.day_starts_at = excluded.day_starts_at THEN w.used_before_day
                               ELSE w.granted - w.refunded + w.external END
    RETURNING w.period_id
  )
  SELECT coalesce(array_agg(period_id ORDER BY period_id), '{}') INTO v_period_ids FROM taken;
  RETURN v_period_ids;
END $$;
--> statement-breakpoint
-- Books calls that others made with the same key, in the present day and month of an API, of its groups and of the
-- app. The app's lock is the caller's matter.
CREATE FUNCTION usage.record_external(p_app_key text, p_api text, p_calls int) RETURNS void LANGUAGE sql AS $$
  INSERT INTO usage.quota_period AS w (app_key, api, period_kind, starts_at, ends_at, call_limit, external, day_starts_at)
  SELECT p_app_key, q.api, q.period_kind, q.starts_at, q.ends_at, q.call_limit, p_calls, q.day_starts_at
  FROM usage.ledger_now() now CROSS JOIN LATERAL usage.quota_periods(p_app_key, p_api, now, now) q
  WHERE q.period_kind IN ('day', 'month')
  ON CONFLICT ON CONSTRAINT quota_period_span DO UPDATE SET external = w.external + excluded.external
$$;
--> statement-breakpoint
-- Makes what is used of one present window the number that the provider shows. What we granted ourselves stays
-- counted also when that number is smaller: the provider may count late. Gives what is used then; null: there is no
-- such limit. The app's lock is the caller's matter.
CREATE FUNCTION usage.reconcile(p_app_key text, p_api text, p_period_kind text, p_used int) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz := usage.ledger_now();
  v_period record;
BEGIN
  SELECT * INTO v_period FROM usage.quota_periods(p_app_key, p_api, v_now, v_now) q
  WHERE q.api = p_api AND q.period_kind = p_period_kind;
  IF NOT FOUND THEN RETURN NULL; END IF;
  UPDATE usage.quota_period SET external = 0, is_assumed_spent = false WHERE period_id = ANY (v_period.period_ids);
  INSERT INTO usage.quota_period AS w
    (app_key, api, period_kind, starts_at, ends_at, call_limit, external, day_starts_at)
  VALUES (p_app_key, p_api, p_period_kind, v_period.starts_at, v_period.ends_at, v_period.call_limit,
    greatest(0, p_used - (v_period.used - v_period.external)), v_period.day_starts_at)
  ON CONFLICT ON CONSTRAINT quota_period_span DO UPDATE SET external = excluded.external;
  RETURN greatest(p_used, v_period.used - v_period.external);
END $$;
--> statement-breakpoint
-- Another one after a dump was restored (cluster or database differ), a standby was promoted, or a backup was
-- recovered to a point in time (the timeline differs). Not after a snapshot of the disk was put back.
CREATE FUNCTION usage.current_epoch() RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_system text := '';
BEGIN
  -- Some managed databases keep it to themselves.
  IF has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') THEN
    SELECT system_identifier INTO v_system FROM pg_control_system();
  END IF;
  RETURN v_system || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) || '/'
    || (SELECT d.oid FROM pg_database d WHERE d.datname = current_database());
END $$;
--> statement-breakpoint
-- Counts all present windows as spent when the database is another one than the counts were made in: calls may be
-- missing. Whoever comes meanwhile waits at the row. Takes that row after the app's lock, and before a run's.
CREATE FUNCTION usage.check_epoch() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_before text := (SELECT e.epoch FROM usage.ledger_epoch e);
  v_epoch text := usage.current_epoch();
  v_now timestamptz;
BEGIN
  IF v_before = v_epoch THEN RETURN; END IF;
  SELECT e.epoch INTO v_before FROM usage.ledger_epoch e FOR UPDATE;
  IF v_before = v_epoch THEN RETURN; END IF;
  v_now := usage.ledger_now();
  UPDATE usage.ledger_epoch SET epoch = v_epoch, changed_at = CASE WHEN v_before IS NOT NULL THEN v_now END;
  IF v_before IS NULL THEN RETURN; END IF;
  INSERT INTO usage.quota_period AS w
    (app_key, api, period_kind, starts_at, ends_at, call_limit, external, day_starts_at, is_assumed_spent)
  SELECT k.app_key, q.api, q.period_kind, q.starts_at, q.ends_at, q.call_limit, q.call_limit - q.used,
         q.day_starts_at, true
  FROM (SELECT DISTINCT l.app_key, l.api FROM usage.quota_limit l) k
  CROSS JOIN LATERAL usage.quota_periods(k.app_key, k.api, v_now, v_now) q
  WHERE q.api = k.api AND q.used < q.call_limit
  ON CONFLICT ON CONSTRAINT quota_period_span
    DO UPDATE SET external = w.external + excluded.external, is_assumed_spent = true;
END $$;
--> statement-breakpoint
-- Pauses an API, or with * the app, for everyone, after an answer that calls come too fast. Refusals of calls that
-- were granted before the pause began say nothing about whether it was long enough. Ten minutes of the longest
-- pauses mean that a window is used up of which we know nothing: then it is held to the end of the day, with a
-- probe an hour. Clients measured that 10, 20, 40, 80, 120 s get through; at half, refusals would be collected,
-- which may be counted as calls.
CREATE FUNCTION usage.slow_down(
  p_app_key text, p_api text, p_at timestamptz, p_now timestamptz, p_code text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_backoff usage.backoff;
  c_max_pause CONSTANT interval := '120 seconds';
BEGIN
  -- A probe that hears it again is decided: the next one goes when it is due.
  UPDATE usage.api_hold h SET probe_call_id = NULL WHERE h.api = p_api AND h.probe_every IS NOT NULL;
  INSERT INTO usage.backoff AS b (app_key, api, started_at, pause)
  VALUES (p_app_key, p_api, p_now, '10 seconds')
  ON CONFLICT (app_key, api) DO UPDATE
  SET started_at = p_now, pause = least(b.pause * 2, c_max_pause),
      longest_pause_since = CASE WHEN b.pause * 2 >= c_max_pause THEN coalesce(b.longest_pause_since, p_now) END
  WHERE b.started_at < p_at
  RETURNING * INTO v_backoff;
  IF v_backoff.longest_pause_since IS NULL OR p_now - v_backoff.longest_pause_since < interval '10 minutes' THEN RETURN; END IF;
  INSERT INTO usage.api_hold AS h (api, code, held_at, held_until, probe_after, probe_every)
  VALUES (p_api, p_code, p_now, usage.next_day(p_app_key, p_api, p_now), p_now + interval '1 hour', '1 hour')
  ON CONFLICT (api) DO UPDATE
  SET code = excluded.code, held_at = excluded.held_at, held_until = excluded.held_until,
      probe_after = excluded.probe_after, probe_every = excluded.probe_every, probe_call_id = NULL
  WHERE h.held_until <= p_now;
END $$;
--> statement-breakpoint
-- Keeps what a call showed, if that is news: allowed, denied, unsupported, exhausted, app_refused (1688 does not
-- know the app), too_fast_app or too_fast_api. A refusal holds the API, with one probe a day; an answer ends such a
-- hold, and the pauses that were. A call that was granted before the one that showed the present state says nothing.
-- Locks: nothing while nothing changes; else the app's lock first.
CREATE OR REPLACE FUNCTION usage.observe(
  p_app_key text, p_api text, p_call_id bigint, p_at timestamptz, p_shows text, p_code text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_app text := CASE p_shows WHEN 'app_refused' THEN 'denied' ELSE 'allowed' END;
  v_now timestamptz := usage.ledger_now();
BEGIN
  IF p_shows = 'allowed' AND usage.is_proven(p_app_key, p_api)
    AND EXISTS (SELECT FROM sync.application a WHERE a.app_key = p_app_key AND a.observed = v_app)
    AND NOT EXISTS (SELECT FROM usage.api_hold h WHERE h.api IN (p_api, '*') AND h.probe_after IS NOT NULL)
    AND NOT EXISTS (SELECT FROM usage.backoff b WHERE b.app_key = p_app_key AND b.api IN (p_api, '*')) THEN
    RETURN;
  END IF;
  PERFORM usage.lock_app(p_app_key);
  IF p_shows LIKE 'too_fast_%' THEN
    PERFORM usage.slow_down(p_app_key, CASE p_shows WHEN 'too_fast_app' THEN '*' ELSE p_api END, p_at, v_now, p_code);
    RETURN;
  END IF;
  IF p_shows = 'allowed' THEN
    DELETE FROM usage.backoff b WHERE b.app_key = p_app_key AND b.api IN (p_api, '*') AND b.started_at < p_at;
    DELETE FROM usage.api_hold h WHERE h.api IN (p_api, '*') AND h.probe_every IS NOT NULL AND h.held_at < p_at;
  END IF;
  INSERT INTO sync.application AS a (app_key, observed, observed_at, observed_call_id)
  VALUES (p_app_key, v_app, p_at, p_call_id)
  ON CONFLICT (app_key) DO UPDATE
  SET observed = excluded.observed, observed_at = excluded.observed_at, observed_call_id = excluded.observed_call_id
  WHERE a.observed <> excluded.observed AND coalesce(a.observed_at, '-infinity') <= excluded.observed_at;
  IF p_shows = 'app_refused' THEN RETURN; END IF;

  INSERT INTO sync.api_permission AS p (app_key, api, observed, observed_at, observed_call_id)
  VALUES (p_app_key, p_api, p_shows, p_at, p_call_id)
  ON CONFLICT (app_key, api) DO UPDATE
  SET observed = excluded.observed, observed_at = excluded.observed_at, observed_call_id = excluded.observed_call_id
  WHERE p.observed <> excluded.observed AND coalesce(p.observed_at, '-infinity') <= excluded.observed_at;
  IF NOT EXISTS (SELECT FROM sync.api_permission p
                 WHERE p.app_key = p_app_key AND p.api = p_api AND p.observed = p_shows) THEN
    RETURN;
  END IF;
  IF p_shows = 'allowed' THEN
    DELETE FROM usage.api_hold h WHERE h.api = p_api AND h.probe_after IS NOT NULL AND h.probe_every IS NULL;
    RETURN;
  END IF;
  INSERT INTO usage.api_hold AS h (api, code, held_at, probe_after)
  VALUES (p_api, coalesce(p_code, p_shows), v_now, usage.next_day(p_app_key, p_api, v_now))
  ON CONFLICT (api) DO UPDATE
  SET code = excluded.code, held_until = NULL, probe_after = excluded.probe_after, probe_call_id = NULL,
      probe_every = NULL,
      held_at = CASE WHEN h.probe_after IS NULL THEN excluded.held_at ELSE h.held_at END
  -- What a person holds without an end stays so.
  WHERE h.held_until IS NOT NULL OR h.probe_after IS NOT NULL;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION usage.mark_sent(p_call_id bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz := usage.ledger_now();
  v_flight usage.in_flight;
BEGIN
  UPDATE usage.in_flight SET sent_at = v_now
  WHERE call_id = p_call_id AND sent_at IS NULL AND v_now <= send_by
  RETURNING * INTO v_flight;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE usage.api_hold h
  SET probe_call_id = p_call_id,
      probe_after = coalesce(v_now + h.probe_every, usage.next_day(v_flight.app_key, v_flight.api, v_now))
  WHERE h.api IN (v_flight.api, '*') AND h.probe_after <= v_now;
  RETURN true;
END $$;
--> statement-breakpoint
-- One decision over everything that may stand against a call, in one transaction: see Locks above.
-- kind: granted (call_id, observed_at, send_after_ms) | cached (answer) | in_flight (retry_after_ms) |
--       denied (denied_by, retry_after_ms or null) | limit_unknown | run_unknown
CREATE OR REPLACE FUNCTION usage.reserve(
  p_app_key text, p_api text, p_operation text, p_request jsonb, p_request_hash bytea, p_lane text,
  p_run_id bigint, p_job_id text, p_window_id bigint, p_fresh_for interval, p_send_within interval,
  p_max_call interval, p_is_exempt boolean,
  OUT kind text, OUT call_id bigint, OUT observed_at timestamptz, OUT send_after_ms int, OUT denied_by text,
  OUT retry_after_ms bigint, OUT answer raw.payload
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz;
  v_send_at timestamptz;
  v_send_by timestamptz;
  v_app_send_at timestamptz;
  v_api_send_at timestamptz;
  v_free_at timestamptz;
  v_is_probe boolean;
  v_is_under_way boolean;
  v_budget_left int;
  v_period_ids bigint[] := '{}';
  -- Nearer slots are worth waiting for without asking again; more of them would be lost with a process that dies.
  c_furthest_send CONSTANT interval := '2 seconds';
  -- A call takes 0.75 s (measured by clients): at double, workers would idle; at a tenth, they would only look.
  c_probe_check_ms CONSTANT bigint := 100;
BEGIN
  <<limits>>
  BEGIN
    EXIT limits WHEN p_is_exempt;
    PERFORM usage.lock_app(p_app_key);
    PERFORM usage.check_epoch();
    IF p_run_id IS NOT NULL THEN
      SELECT coalesce(r.budget_calls - r.calls_used, 1) INTO v_budget_left
      FROM sync.run r WHERE r.run_id = p_run_id FOR NO KEY UPDATE;
      IF NOT FOUND THEN kind := 'run_unknown'; RETURN; END IF;
    END IF;
    -- What Node's Date can hold: so that a time read there and written back is the same time.
    v_now := date_trunc('milliseconds', usage.ledger_now());

    -- In this order: an answer that is stored between the two look-ups is found by the second.
    IF EXISTS (SELECT FROM usage.in_flight f WHERE f.app_key = p_app_key AND f.request_hash = p_request_hash) THEN
      kind := 'in_flight'; retry_after_ms := 1000; RETURN;
    END IF;
    SELECT p.* INTO answer FROM raw.payload p
    WHERE p.request_hash = p_request_hash AND p_fresh_for > '0'
      AND p.observed_at > v_now - p_fresh_for AND p.stored_at > v_now - p_fresh_for
    ORDER BY p.observed_at DESC LIMIT 1;
    IF FOUND THEN kind := 'cached'; RETURN; END IF;

    kind := 'denied';
    -- One statement, one moment: a probe that ends between two looks would show itself in neither.
    SELECT max(coalesce(h.probe_after, h.held_until, 'infinity')),
           coalesce(bool_and(h.probe_after IS NOT NULL), NOT usage.is_proven(p_app_key, p_api)),
           EXISTS (SELECT FROM usage.in_flight f WHERE f.app_key = p_app_key AND (f.api = p_api
             OR EXISTS (SELECT FROM usage.api_hold a WHERE a.api = '*' AND a.probe_after IS NOT NULL AND a.held_until > v_now)))
    INTO v_free_at, v_is_probe, v_is_under_way
    FROM usage.api_hold h
    WHERE h.api IN (p_api, '*') AND (h.held_until IS NULL OR h.held_until > v_now);
    -- Whoever may be refused goes alone: the others learn from its answer.
    IF v_is_probe AND v_is_under_way THEN
      denied_by := 'hold'; retry_after_ms := c_probe_check_ms; RETURN;
    END IF;
    IF v_free_at = 'infinity' THEN denied_by := 'hold'; RETURN; END IF;
    IF v_free_at > v_now THEN
      denied_by := 'hold'; retry_after_ms := usage.wait_ms(v_now, v_free_at); RETURN;
    END IF;
    IF v_budget_left <= 0 THEN denied_by := 'run'; RETURN; END IF;
    SELECT max(b.started_at + b.pause) INTO v_free_at FROM usage.backoff b
    WHERE b.app_key = p_app_key AND b.api IN (p_api, '*');
    IF v_free_at > v_now THEN
      denied_by := 'second'; retry_after_ms := usage.wait_ms(v_now, v_free_at); RETURN;
    END IF;

    -- The slots of a group are shared with other APIs, as those of the app are.
    SELECT max(p.next_slot_at) FILTER (WHERE p.api <> p_api), max(p.next_slot_at) FILTER (WHERE p.api = p_api)
    INTO v_app_send_at, v_api_send_at
    FROM usage.limits_in_effect(p_app_key, p_api, v_now) l
    JOIN usage.pace p ON p.app_key = l.app_key AND p.api = l.api
    -- No slot is that far ahead, unless the clock was set back.
    WHERE l.period_kind = 'second' AND p.next_slot_at < v_now + interval '1 minute';
    v_send_at := greatest(v_now, v_app_send_at, v_api_send_at);
    v_send_by := v_send_at + p_send_within;
    IF NOT EXISTS (SELECT FROM usage.limits_in_effect(p_app_key, p_api, v_send_at) l WHERE l.period_kind <> 'second') THEN
      kind := 'limit_unknown'; RETURN;
    END IF;
    SELECT w.period_kind, w.free_at INTO denied_by, v_free_at
    FROM usage.refusing_period(p_app_key, p_api, p_lane, v_now, v_send_at, v_send_by + p_max_call) w;
    IF denied_by IS NULL AND v_api_send_at > greatest(v_now, v_app_send_at) AND v_app_send_at IS NOT NULL THEN
      -- A slot of the app taken that far ahead would make its other APIs wait for this one.
      denied_by := 'second'; v_free_at := v_api_send_at;
    ELSIF denied_by IS NULL AND v_send_at > v_now + c_furthest_send THEN
      denied_by := 'second'; v_free_at := v_send_at - c_furthest_send;
    END IF;
    IF denied_by IS NOT NULL THEN retry_after_ms := usage.wait_ms(v_now, v_free_at); RETURN; END IF;

    INSERT INTO usage.pace (app_key, api, next_slot_at)
    SELECT p_app_key, l.api, v_send_at + interval '1 second' * (usage.pace_slack() / l.call_limit)
    FROM usage.limits_in_effect(p_app_key, p_api, v_send_at) l WHERE l.period_kind = 'second'
    ON CONFLICT (app_key, api) DO UPDATE SET next_slot_at = excluded.next_slot_at;
    v_period_ids := usage.take(p_app_key, p_api, v_send_at, v_send_by + p_max_call);
    UPDATE sync.run SET calls_used = calls_used + 1 WHERE run_id = p_run_id;
  END limits;

  v_now := coalesce(v_now, date_trunc('milliseconds', usage.ledger_now()));
  v_send_at := coalesce(v_send_at, v_now);
  v_send_by := v_send_at + p_send_within;
  PERFORM usage.need_partition('usage.api_call', v_now);
  INSERT INTO usage.api_call AS c (granted_at, app_key, api, operation, request, request_hash, lane, run_id, job_id,
    window_id, is_exempt, quota_period_ids, send_at, send_by)
  VALUES (v_now, p_app_key, p_api, p_operation, p_request, p_request_hash, p_lane, p_run_id, p_job_id,
    p_window_id, p_is_exempt, v_period_ids, v_send_at, v_send_by)
  RETURNING c.call_id INTO call_id;
  INSERT INTO usage.in_flight (call_id, granted_at, app_key, api, request_hash, run_id, quota_period_ids, send_by)
  VALUES (call_id, v_now, p_app_key, p_api, CASE WHEN NOT p_is_exempt THEN p_request_hash END,
    CASE WHEN NOT p_is_exempt THEN p_run_id END, v_period_ids, v_send_by);
  kind := 'granted';
  observed_at := v_now;
  send_after_ms := ceil(extract(epoch FROM v_send_at - v_now) * 1000);
END $$;
--> statement-breakpoint
-- Ends a call and stores its answer. Idempotent: the first end stays, save that proof of an answer (committed)
-- also replaces unknown and refunded; a call that was refunded by mistake is then counted again, whatever the
-- limit. What the answer shows of the app's permission is kept in the same transaction, so that no process can
-- die between a refusal and the hold that follows. Gives whether there is such a call, and the id of its stored
-- answer, if any.
CREATE OR REPLACE FUNCTION usage.settle(
  p_call_id bigint, p_state text, p_outcome text, p_gateway_code text, p_http_status int, p_latency_ms int,
  p_response_bytes int, p_body bytea, p_body_bytes int, p_body_sha256 bytea, p_shows text DEFAULT NULL,
  OUT is_known boolean, OUT raw_id bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_flight usage.in_flight;
  v_call usage.api_call;
  v_now timestamptz;
  v_refunded int;
  v_unknown int;
BEGIN
  DELETE FROM usage.in_flight WHERE call_id = p_call_id RETURNING * INTO v_flight;
  -- The time of the grant names the partition.
  IF NOT FOUND THEN
    SELECT c.granted_at INTO v_flight.granted_at FROM usage.api_call c WHERE c.call_id = p_call_id;
  END IF;
  SELECT * INTO v_call FROM usage.api_call c
  WHERE c.call_id = p_call_id AND c.granted_at = v_flight.granted_at FOR UPDATE;
  is_known := FOUND;
  raw_id := v_call.raw_id;
  IF NOT is_known OR v_call.state = 'committed' OR (v_call.state <> 'reserved' AND p_state <> 'committed') THEN
    RETURN;
  END IF;

  v_refunded := (p_state = 'refunded')::int - (v_call.state = 'refunded')::int;
  v_unknown := (p_state = 'unknown')::int - (v_call.state = 'unknown')::int;
  IF NOT v_call.is_exempt AND (v_refunded <> 0 OR v_unknown <> 0) THEN
    PERFORM usage.recount(v_call.app_key, v_call.run_id, v_call.quota_period_ids, v_refunded, v_unknown);
  END IF;
  v_now := greatest(usage.ledger_now(), v_call.granted_at);
  IF p_state = 'committed' AND p_body IS NOT NULL THEN
    PERFORM usage.need_partition('raw.payload', v_now);
    INSERT INTO raw.payload (stored_at, call_id, run_id, window_id, operation, request, request_hash, observed_at,
      http_status, body, body_bytes, body_sha256)
    VALUES (v_now, p_call_id, v_call.run_id, v_call.window_id, v_call.operation, v_call.request,
      v_call.request_hash, v_call.granted_at, p_http_status, p_body, p_body_bytes, p_body_sha256)
    RETURNING payload.raw_id INTO raw_id;
  END IF;
  UPDATE usage.api_call
  SET state = p_state, outcome = p_outcome, gateway_code = p_gateway_code, http_status = p_http_status,
      latency_ms = p_latency_ms, response_bytes = p_response_bytes, raw_id = settle.raw_id, settled_at = v_now,
      sent_at = coalesce(v_flight.sent_at, sent_at)
  WHERE call_id = p_call_id AND granted_at = v_call.granted_at;

  IF p_shows IS NOT NULL AND NOT v_call.is_exempt THEN
    PERFORM usage.observe(v_call.app_key, v_call.api, p_call_id, v_call.granted_at, p_shows, p_gateway_code);
  END IF;
  -- A probe that was not decided is to be had again; one that may have been refused is spent.
  IF p_state <> 'unknown' THEN
    UPDATE usage.api_hold SET probe_after = date_trunc('milliseconds', v_now), probe_call_id = NULL WHERE probe_call_id = p_call_id;
  END IF;
END $$;
