-- Purpose: the chance that nothing changed for some days, of something whose rate of change is known as a Gamma distribution.
-- Params:  changes float8, days float8: as if so many changes had been seen in so many days; age_days float8
-- Returns: from 0 to 1; 1 where age_days is 0 or less; NULL: an argument is, or nothing is known, as in 0 days or less
CREATE OR REPLACE FUNCTION analytics.chance_held(changes float8, days float8, age_days float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  -- The function of the aggregate max, and not greatest, which would take an unknown age for none.
  SELECT exp(-changes * ln(1 + float8larger(age_days, 0) / nullif(float8larger(days, 0), 0)))
$$;

COMMENT ON FUNCTION analytics.chance_held(float8, float8, float8) IS
  'The chance, 0 to 1, that something did not change for age_days, of which so many changes are known in so many days: exp(-rate x age), over all rates that these allow; 1 at an age of 0 or less. NULL: an argument is NULL, or days is 0 or less.';
