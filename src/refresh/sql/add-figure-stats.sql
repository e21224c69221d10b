-- Purpose: adds what details showed of figures to the figures of all offers.
-- Params:  $1 jsonb [{figure, hint, hintChanges, hiddenChanges, hiddenExpected}]
-- Returns: nothing
UPDATE sync.figure f
SET hidden_changes = f.hidden_changes + s.hidden_changes,
    hidden_expected = f.hidden_expected + s.hidden_expected,
    row_details = f.row_details + s.row_details,
    row_changes = f.row_changes + s.row_changes,
    date_details = f.date_details + s.date_details,
    date_changes = f.date_changes + s.date_changes,
    absence_details = f.absence_details + s.absence_details,
    absence_changes = f.absence_changes + s.absence_changes
FROM (
  SELECT n.figure, sum(n."hiddenChanges") AS hidden_changes, sum(n."hiddenExpected") AS hidden_expected,
         count(*) FILTER (WHERE n.hint = 'row') AS row_details,
         coalesce(sum(n."hintChanges") FILTER (WHERE n.hint = 'row'), 0) AS row_changes,
         count(*) FILTER (WHERE n.hint = 'modify_date') AS date_details,
         coalesce(sum(n."hintChanges") FILTER (WHERE n.hint = 'modify_date'), 0) AS date_changes,
         count(*) FILTER (WHERE n.hint = 'absence') AS absence_details,
         coalesce(sum(n."hintChanges") FILTER (WHERE n.hint = 'absence'), 0) AS absence_changes
  FROM jsonb_to_recordset($1::jsonb)
    AS n (figure text, hint text, "hintChanges" real, "hiddenChanges" real, "hiddenExpected" real)
  GROUP BY n.figure
) s
WHERE f.figure = s.figure
  AND (s.hidden_expected <> 0 OR s.hidden_changes <> 0 OR s.row_details + s.date_details + s.absence_details > 0);
