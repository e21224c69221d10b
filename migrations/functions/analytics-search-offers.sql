-- Purpose: finds offers by words of their titles.
-- Params:  query text; max_rows integer: null: 10,000
-- Returns: offers, those on sale first, then the highest ids
--
-- The index finds candidates by pairs of characters; the comparison of the texts decides.
CREATE OR REPLACE FUNCTION analytics.search_offers(query text, max_rows integer DEFAULT 100)
RETURNS TABLE (offer_id bigint, subject text, subject_translated text, state text, category_id bigint, seller_id text)
LANGUAGE sql STABLE
AS $$
  SELECT o.offer_id, o.subject, o.subject_translated, o.state, o.category_id, o.seller_id
  FROM analytics.dim_offer o
  WHERE search_offers.query ~ '[^\u0001-\u0020\u3000]'
    AND catalog.bigrams(catalog.search_text(o.subject, o.subject_translated))
          -- 50 characters are enough to find candidates; hundreds of pairs would cost more.
          @> catalog.bigrams(left(catalog.search_text(search_offers.query, NULL), 50))
    AND (
      SELECT bool_and(strpos(catalog.search_text(o.subject, o.subject_translated), w.word) > 0)
      FROM unnest(regexp_split_to_array(catalog.search_text(search_offers.query, NULL), '[\u0001-\u0020]+')) w (word)
      WHERE w.word <> ''
    )
  ORDER BY o.state <> 'listed', o.offer_id DESC
  LIMIT greatest(least(search_offers.max_rows, 10000), 0)
$$;

COMMENT ON FUNCTION analytics.search_offers(text, integer) IS
  'Offers whose titles, Chinese or translated, contain every word of a query. Case of ASCII letters is ignored, and full-width letters count as plain ones. Offers on sale come first, then the highest ids; at most 10,000. An index helps from one Chinese character or two letters on; a single letter reads all offers.';
