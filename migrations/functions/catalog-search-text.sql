-- Purpose: both titles of an offer in one text, as searches compare them: full-width letters and digits become plain
--          ones, ASCII letters lower-case.
-- Params:  subject text; subject_translated text
-- Returns: text
--
-- The index catalog.offer_text stores the result: a change that gives another text for any input needs a migration that
-- rebuilds the index. The check for full-width characters comes first: it takes a tenth of the time of translating every
-- title, and few titles have any.
CREATE OR REPLACE FUNCTION catalog.search_text(subject text, subject_translated text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
-- Collation "C" lowers ASCII letters and no others, in every locale alike.
RETURN lower(CASE
  WHEN (coalesce(subject, '') || E'\n' || coalesce(subject_translated, '')) COLLATE "C"
       ~ '[\u3000\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]'
  THEN translate(coalesce(subject, '') || E'\n' || coalesce(subject_translated, ''),
    'ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ０１２３４５６７８９　',
    'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ')
  ELSE coalesce(subject, '') || E'\n' || coalesce(subject_translated, '')
END COLLATE "C");

COMMENT ON FUNCTION catalog.search_text(text, text) IS
  'Both titles of an offer in one text, as searches compare them: full-width letters and digits made plain, ASCII letters made small.';
