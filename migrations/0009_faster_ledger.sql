-- What the ledger asks at every call, it plans once a connection. Left to itself Postgres plans the long statements of
-- usage.reserve at every call again, since each plan looks a little cheaper with the values in it: planning was two
-- thirds of the time for which the app is locked. CREATE OR REPLACE drops the setting: repeat it there.
ALTER FUNCTION usage.reserve(text, text, text, jsonb, bytea, text, bigint, text, bigint, interval, interval, interval,
  boolean) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION usage.take(text, text, timestamptz, timestamptz) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION usage.mark_sent(bigint) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION usage.settle(bigint, text, text, text, int, int, int, bytea, int, bytea, text)
  SET plan_cache_mode = force_generic_plan;
--> statement-breakpoint
-- The next two are in PL/pgSQL, which keeps its plans; a function in SQL is planned at each of its calls.
-- STABLE, so that one statement compares all its rows with one time and can use indexes.
CREATE OR REPLACE FUNCTION usage.ledger_now() RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT clock_timestamp() + c."offset" FROM usage.ledger_clock c);
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION usage.is_proven(p_app_key text, p_api text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM sync.api_permission p
                 WHERE p.app_key = p_app_key AND p.api = p_api AND p.observed = 'allowed');
END $$;
--> statement-breakpoint
-- Calls that a network delays by up to 0.2 s each arrive in any second as they left in 1.2 s. At 1.2 there would be
-- nothing over for delays of our own, and one refusal stops all calls for 10 s; at 1.5 a third of the pace is lost.
CREATE OR REPLACE FUNCTION usage.pace_slack() RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT 1.24::float8';
