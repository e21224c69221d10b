-- Purpose: the probability that something did not change for some days, if its rate of change has a Gamma distribution.
-- Params:  changes float8, days float8: the evidence: this many changes seen in this many days; age_days float8
-- Returns: 0 to 1; 1 if age_days is 0 or less; NULL if an argument is NULL, or days is 0 or less
CREATE OR REPLACE FUNCTION analytics.chance_held(changes float8, days float8, age_days float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  -- float8larger, the function behind max(), gives NULL for an unknown age. greatest() would take it for 0.
  SELECT exp(-changes * ln(1 + float8larger(age_days, 0) / nullif(float8larger(days, 0), 0)))
$$;

COMMENT ON FUNCTION analytics.chance_held(float8, float8, float8) IS
  'Probability, 0 to 1, that something did not change for age_days, when this many changes were seen in this many days: exp(-rate x age), averaged over all rates that this evidence allows; 1 at an age of 0 or less. NULL: an argument is NULL, or days is 0 or less.';
