-- What analysts' views can't do without. By hand: what drizzle-kit can't say.
CREATE FUNCTION "catalog"."search_text"("subject" text, "subject_translated" text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
-- Collation "C" lowers ASCII letters and no others, in every locale alike.
RETURN lower(translate(coalesce(subject, '') || E'\n' || coalesce(subject_translated, ''),
  'ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ０１２３４５６７８９　',
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ') COLLATE "C");
--> statement-breakpoint
COMMENT ON FUNCTION "catalog"."search_text"(text, text) IS 'Both titles of an offer in one text, as searches compare them: full-width letters and digits made plain, ASCII letters made small.';
--> statement-breakpoint
CREATE FUNCTION "catalog"."bigrams"("value" text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog
AS $$
DECLARE
  found text[] := '{}';
  before text := '';
  this text;
BEGIN
  -- Five times as fast as the same as one query. Compared by "C", so that no locale has a say.
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
--> statement-breakpoint
COMMENT ON FUNCTION "catalog"."bigrams"(text) IS 'Every two neighbouring characters of a text that have no space between them, and every single one beyond ASCII: what an index over Chinese text finds words of one and two characters by.';
--> statement-breakpoint
CREATE INDEX "observation_day" ON "catalog"."observation" USING brin ((("observed_at" AT TIME ZONE 'Asia/Shanghai')::date)) WITH (autosummarize=true);--> statement-breakpoint
-- Over 300,000 offers: 50 MB, made in 50 s. A page of 50 offers that are rewritten takes 11 ms in place of 3, and one in a
-- hundred pages, which sorts the list of pending entries in, 0.1 s; 66 ms each without that list (fastupdate = off). A
-- rewritten row that stays on its page, its titles unchanged, costs nothing.
CREATE INDEX "offer_text" ON "catalog"."offer" USING gin (catalog.bigrams(catalog.search_text("subject", "subject_translated"))) WITH (gin_pending_list_limit=1024);--> statement-breakpoint
CREATE INDEX "price_history_ended_day" ON "catalog"."price_history" USING brin ((("valid_to" AT TIME ZONE 'Asia/Shanghai')::date)) WITH (autosummarize=true);--> statement-breakpoint
CREATE INDEX "search_hit_day" ON "catalog"."search_hit" USING brin ((("observed_at" AT TIME ZONE 'Asia/Shanghai')::date)) WITH (autosummarize=true);
--> statement-breakpoint
-- Roles belong to the server, not to this database: another one may have made them, or be making them right now.
DO $$
DECLARE
  reader text;
BEGIN
  FOREACH reader IN ARRAY ARRAY['catalog_analyst', 'catalog_ops'] LOOP
    CONTINUE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = reader);
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', reader);
    EXCEPTION
      WHEN duplicate_object OR unique_violation THEN
        NULL;
      WHEN insufficient_privilege THEN
        RAISE WARNING 'role % is not made, for % may not make roles; docs/querying.md says how', reader, current_user;
    END;
  END LOOP;
END
$$;
--> statement-breakpoint
CREATE FUNCTION "sync"."grant_readers"() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
DECLARE
  has_analyst boolean := EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_analyst');
  has_ops boolean := EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_ops');
BEGIN
  IF has_analyst THEN
    GRANT USAGE ON SCHEMA catalog, analytics TO catalog_analyst;
    GRANT SELECT ON ALL TABLES IN SCHEMA catalog, analytics TO catalog_analyst;
  END IF;
  IF has_ops THEN
    -- Of schema catalog only the names: functions of analytics call those that its index is made by.
    GRANT USAGE ON SCHEMA analytics, usage, sync, catalog TO catalog_ops;
    GRANT SELECT ON ALL TABLES IN SCHEMA analytics, usage, sync TO catalog_ops;
    REVOKE ALL ON sync.token FROM catalog_ops;
  END IF;
END
$$;
--> statement-breakpoint
COMMENT ON FUNCTION "sync"."grant_readers"() IS 'Lets catalog_analyst and catalog_ops, where they exist, read what they may. Called whenever the views are made anew; call it after making the roles by hand.';
