-- Purpose: records the value of a page of a search. The first page of a pass resets its sums; half of the new offers
--          that earlier passes brought is forgotten in 90 days.
-- Params:  $1 bigint window id; $2 boolean first page of a pass; $3 real value soon; $4 real value late; $5 real new
--          offers; $6 double precision days since the last pass, on its first page
-- Returns: nothing
INSERT INTO sync.window_value AS v (window_id, pages, soon_value, late_value, new_offers, exposure_days)
VALUES ($1::bigint, 1, $3::real, $4::real, $5::real, $6::float8)
ON CONFLICT (window_id) DO UPDATE
SET pages = CASE WHEN $2::boolean THEN 1 ELSE v.pages + 1 END,
    soon_value = CASE WHEN $2::boolean THEN 0 ELSE v.soon_value END + $3::real,
    late_value = CASE WHEN $2::boolean THEN 0 ELSE v.late_value END + $4::real,
    new_offers = v.new_offers * power(2, -$6::float8 / 90) + $5::real,
    exposure_days = v.exposure_days * power(2, -$6::float8 / 90) + $6::float8;
