-- Purpose: pairs of neighbouring characters. With them, an index finds words of one and two characters in Chinese text.
-- Params:  value text
-- Returns: text[]: every two neighbours without a space between them, and every single character beyond ASCII
--
-- The index catalog.offer_text stores the result: a change that gives other pairs for any input needs a migration that
-- rebuilds the index. COST: the real cost relative to comparing texts, so that a search without an index compares texts
-- first.
CREATE OR REPLACE FUNCTION catalog.bigrams(value text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 2000 SET search_path = pg_catalog
AS $$
DECLARE
  found text[] := '{}';
  before text := '';
  this text;
BEGIN
  -- Five times as fast as one query with the same result. Compared by "C", so that the locale does not matter.
  FOREACH this IN ARRAY coalesce(string_to_array(value, NULL), '{}') LOOP
    IF this > '~' COLLATE "C" THEN
      found := found || this;
    END IF;
    IF before > ' ' COLLATE "C" AND this > ' ' COLLATE "C" THEN
      found := found || (before || this);
    END IF;
    before := this;
  END LOOP;
  RETURN found;
END
$$;

COMMENT ON FUNCTION catalog.bigrams(text) IS
  'Every two neighbouring characters of a text that have no space between them, and every single one beyond ASCII: what an index over Chinese text finds words of one and two characters by.';
