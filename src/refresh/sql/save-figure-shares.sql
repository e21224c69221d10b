-- Purpose: writes the shares of offers by rate for each figure, with what is derived from them, and forgets a part of
--          what details showed of them.
-- Params:  $1 jsonb [{figure, changes, days, shares, byOfferRate}]; $2 float8 the share of the counts that is kept
-- Returns: nothing
UPDATE sync.figure f
SET prior_changes = n.changes,
    prior_days = n.days,
    shares = n.shares,
    by_offer_rate = n."byOfferRate",
    hidden_changes = f.hidden_changes * $2::float8,
    hidden_expected = f.hidden_expected * $2::float8,
    row_details = f.row_details * $2::float8,
    row_changes = f.row_changes * $2::float8,
    date_details = f.date_details * $2::float8,
    date_changes = f.date_changes * $2::float8,
    absence_details = f.absence_details * $2::float8,
    absence_changes = f.absence_changes * $2::float8
FROM jsonb_to_recordset($1::jsonb) AS n (figure text, changes real, days real, shares real[], "byOfferRate" real[])
WHERE f.figure = n.figure;
