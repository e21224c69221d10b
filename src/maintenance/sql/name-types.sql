-- Purpose: names types as SQL does.
-- Params:  $1 oid[] types; $2 int[] their modifiers
-- Returns: type, in the order of the parameters
SELECT format_type(t.oid, t.modifier) AS type
FROM unnest($1::oid[], $2::int[]) WITH ORDINALITY AS t (oid, modifier, place)
ORDER BY t.place;
