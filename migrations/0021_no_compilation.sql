-- Postgres would compile what it takes for a long query. The functions of analytics are many small ones to it, which it compiles one
-- by one: seconds for each call, to save milliseconds. Who does not own the database may not say so; `doctor` tells.
DO $$
BEGIN
  EXECUTE format('ALTER DATABASE %I SET jit = off', current_database());
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'jit stays as it is: this login does not own the database';
END $$;
