-- Purpose: counts the present periods as spent if the database was restored. The caller has locked the app.
-- Params:  none
-- Returns: one row, of no meaning
SELECT usage.check_epoch();
