-- Purpose: makes missing monthly partitions, from the month of a time to some months later.
-- Params:  $1 timestamptz; $2 integer months
-- Returns: partition (schema.name), one row for each that was made
SELECT partition FROM sync.ensure_partitions($1::timestamptz, $2::int) AS made (partition);
