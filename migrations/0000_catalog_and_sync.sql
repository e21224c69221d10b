CREATE SCHEMA "catalog";
--> statement-breakpoint
CREATE SCHEMA "sync";
--> statement-breakpoint
CREATE SCHEMA "raw";
--> statement-breakpoint
CREATE SCHEMA "usage";
--> statement-breakpoint
CREATE TABLE "catalog"."category" (
	"category_id" bigint PRIMARY KEY NOT NULL,
	"parent_id" bigint,
	"level" integer,
	"path" text NOT NULL,
	"name_zh" text,
	"name_translated" text,
	"is_leaf" boolean,
	"is_retired" boolean DEFAULT false NOT NULL,
	"parent_seen_at" timestamp with time zone,
	"level_seen_at" timestamp with time zone,
	"name_seen_at" timestamp with time zone,
	"name_translated_seen_at" timestamp with time zone,
	"leaf_seen_at" timestamp with time zone,
	"first_seen_at" timestamp with time zone NOT NULL,
	"call_id" bigint NOT NULL,
	CONSTRAINT "category_not_its_own_parent" CHECK ("catalog"."category"."parent_id" <> "catalog"."category"."category_id")
);
--> statement-breakpoint
CREATE TABLE "catalog"."observation" (
	"offer_id" bigint NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"source" text NOT NULL,
	"call_id" bigint NOT NULL,
	"is_found" boolean NOT NULL,
	"is_late" boolean NOT NULL,
	"min_price_cny" numeric(14, 4),
	"stock" bigint,
	"sold_count" bigint,
	"month_sold" bigint,
	"raw_id" bigint NOT NULL,
	"run_id" bigint,
	"loaded_at" timestamp with time zone NOT NULL,
	CONSTRAINT "observation_offer_id_observed_at_source_call_id_pk" PRIMARY KEY("offer_id","observed_at","source","call_id"),
	CONSTRAINT "observation_source" CHECK ("catalog"."observation"."source" IN ('search', 'detail'))
) PARTITION BY RANGE ("observed_at");
--> statement-breakpoint
CREATE TABLE "catalog"."offer" (
	"offer_id" bigint PRIMARY KEY NOT NULL,
	"category_id" bigint,
	"seller_id" text,
	"state" text NOT NULL,
	"subject" text,
	"subject_translated" text,
	"source_status" text,
	"quote_type" smallint,
	"unit" text,
	"unit_translated" text,
	"min_order_quantity" integer,
	"batch_number" integer,
	"trade_score" numeric(7, 4),
	"main_image_url" text,
	"video_url" text,
	"ship_from" text,
	"source_created_at" timestamp with time zone,
	"source_modified_at" timestamp with time zone,
	"content_hash" "bytea",
	"normalizer_version" integer,
	"changed_at" timestamp with time zone NOT NULL,
	"run_id" bigint,
	"call_id" bigint NOT NULL,
	CONSTRAINT "offer_state" CHECK ("catalog"."offer"."state" IN ('listed', 'missing', 'gone', 'delisted')),
	CONSTRAINT "offer_quote_type" CHECK ("catalog"."offer"."quote_type" IN (0, 1, 2))
);
--> statement-breakpoint
CREATE TABLE "catalog"."offer_attribute" (
	"offer_id" bigint NOT NULL,
	"position" integer NOT NULL,
	"attribute_id" text,
	"name" text,
	"value" text,
	"name_translated" text,
	"value_translated" text,
	CONSTRAINT "offer_attribute_offer_id_position_pk" PRIMARY KEY("offer_id","position")
);
--> statement-breakpoint
CREATE TABLE "catalog"."offer_change" (
	"change_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "catalog"."offer_change_change_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"offer_id" bigint NOT NULL,
	"field" text NOT NULL,
	"old" text,
	"new" text,
	"observed_at" timestamp with time zone NOT NULL,
	"call_id" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "catalog"."offer_image" (
	"offer_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"position" integer NOT NULL,
	"url" text NOT NULL,
	CONSTRAINT "offer_image_offer_id_kind_position_pk" PRIMARY KEY("offer_id","kind","position"),
	CONSTRAINT "offer_image_kind" CHECK ("catalog"."offer_image"."kind" IN ('main', 'white'))
);
--> statement-breakpoint
CREATE TABLE "catalog"."price" (
	"offer_id" bigint NOT NULL,
	"sku_id" bigint DEFAULT 0 NOT NULL,
	"kind" text NOT NULL,
	"min_quantity" integer NOT NULL,
	"amount_cny" numeric(14, 4) NOT NULL,
	"valid_from" timestamp with time zone NOT NULL,
	"call_id" bigint NOT NULL,
	CONSTRAINT "price_offer_id_sku_id_kind_min_quantity_pk" PRIMARY KEY("offer_id","sku_id","kind","min_quantity"),
	CONSTRAINT "price_kind" CHECK ("catalog"."price"."kind" IN ('list', 'promotion', 'consign', 'jxhy', 'retail', 'search')),
	CONSTRAINT "price_min_quantity" CHECK ("catalog"."price"."min_quantity" >= 1),
	CONSTRAINT "price_amount_cny" CHECK ("catalog"."price"."amount_cny" >= 0)
);
--> statement-breakpoint
CREATE TABLE "catalog"."price_history" (
	"offer_id" bigint NOT NULL,
	"sku_id" bigint DEFAULT 0 NOT NULL,
	"kind" text NOT NULL,
	"min_quantity" integer NOT NULL,
	"valid_from" timestamp with time zone NOT NULL,
	"valid_to" timestamp with time zone NOT NULL,
	"amount_cny" numeric(14, 4) NOT NULL,
	"call_id" bigint NOT NULL,
	"closed_by_call_id" bigint NOT NULL,
	CONSTRAINT "price_history_offer_id_sku_id_kind_min_quantity_valid_from_pk" PRIMARY KEY("offer_id","sku_id","kind","min_quantity","valid_from"),
	CONSTRAINT "price_history_kind" CHECK ("catalog"."price_history"."kind" IN ('list', 'promotion', 'consign', 'jxhy', 'retail', 'search')),
	CONSTRAINT "price_history_interval" CHECK ("catalog"."price_history"."valid_to" > "catalog"."price_history"."valid_from")
) PARTITION BY HASH ("offer_id");
--> statement-breakpoint
CREATE TABLE "catalog"."search_hit" (
	"window_id" bigint NOT NULL,
	"call_id" bigint NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"page" integer NOT NULL,
	"rank" integer NOT NULL,
	"feed" text NOT NULL,
	"keyword" text NOT NULL,
	"category_id" bigint NOT NULL,
	"offer_id" bigint NOT NULL,
	CONSTRAINT "search_hit_window_id_call_id_rank_observed_at_pk" PRIMARY KEY("window_id","call_id","rank","observed_at")
) PARTITION BY RANGE ("observed_at");
--> statement-breakpoint
CREATE TABLE "catalog"."seller" (
	"seller_id" text PRIMARY KEY NOT NULL,
	"company_name" text,
	"trade_medal_level" integer,
	"composite_service_score" numeric(7, 4),
	"logistics_experience_score" numeric(7, 4),
	"dispute_complaint_score" numeric(7, 4),
	"offer_experience_score" numeric(7, 4),
	"after_sales_experience_score" numeric(7, 4),
	"consulting_experience_score" numeric(7, 4),
	"repeat_purchase_rate" numeric(7, 6),
	"changed_at" timestamp with time zone NOT NULL,
	"call_id" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "catalog"."sku" (
	"offer_id" bigint NOT NULL,
	"sku_id" bigint NOT NULL,
	"state" text NOT NULL,
	"spec_id" text,
	"cargo_number" text,
	"label" text,
	"attributes" jsonb NOT NULL,
	"stock" bigint,
	"image_url" text,
	"last_listed_at" timestamp with time zone,
	"last_listed_call_id" bigint,
	"changed_at" timestamp with time zone NOT NULL,
	"call_id" bigint NOT NULL,
	CONSTRAINT "sku_offer_id_sku_id_pk" PRIMARY KEY("offer_id","sku_id"),
	CONSTRAINT "sku_state" CHECK ("catalog"."sku"."state" IN ('listed', 'gone')),
	CONSTRAINT "sku_last_listed" CHECK (("catalog"."sku"."state" = 'gone') = ("catalog"."sku"."last_listed_at" IS NOT NULL)
        AND ("catalog"."sku"."last_listed_at" IS NULL) = ("catalog"."sku"."last_listed_call_id" IS NULL))
);
--> statement-breakpoint
CREATE TABLE "sync"."api_permission" (
	"app_key" text NOT NULL,
	"api" text NOT NULL,
	"observed" text DEFAULT 'unknown' NOT NULL,
	"observed_at" timestamp with time zone,
	"observed_call_id" bigint,
	"declared" text DEFAULT 'not_applied' NOT NULL,
	"declared_at" timestamp with time zone,
	"approved_daily" integer,
	"approved_monthly" integer,
	CONSTRAINT "api_permission_app_key_api_pk" PRIMARY KEY("app_key","api"),
	CONSTRAINT "api_permission_observed" CHECK ("sync"."api_permission"."observed" IN ('unknown', 'allowed', 'denied', 'unsupported', 'exhausted')),
	CONSTRAINT "api_permission_declared" CHECK ("sync"."api_permission"."declared" IN ('not_applied', 'pending', 'under_review', 'granted', 'rejected'))
);
--> statement-breakpoint
CREATE TABLE "sync"."category_visit" (
	"category_id" bigint PRIMARY KEY NOT NULL,
	"visited_at" timestamp with time zone,
	"last_call_id" bigint,
	"not_before" timestamp with time zone,
	"leased_by" bigint,
	"leased_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "sync"."database_identity" (
	"database_id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"source" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "database_identity_source" CHECK ("sync"."database_identity"."source" IN ('sandbox', 'live'))
);
--> statement-breakpoint
CREATE TABLE "sync"."drift" (
	"operation" text NOT NULL,
	"path" text NOT NULL,
	"kind" text NOT NULL,
	"seen" bigint NOT NULL,
	"first_seen_at" timestamp with time zone NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL,
	"sample" text,
	"last_raw_id" bigint NOT NULL,
	CONSTRAINT "drift_operation_path_kind_pk" PRIMARY KEY("operation","path","kind"),
	CONSTRAINT "drift_kind" CHECK ("sync"."drift"."kind" IN ('unknown', 'missing', 'retyped'))
);
--> statement-breakpoint
CREATE TABLE "sync"."quarantine" (
	"quarantine_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sync"."quarantine_quarantine_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"raw_id" bigint NOT NULL,
	"call_id" bigint NOT NULL,
	"run_id" bigint,
	"operation" text NOT NULL,
	"path" text NOT NULL,
	"reason" text NOT NULL,
	"sample" text,
	"observed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "quarantine_once" UNIQUE("raw_id","path","reason")
);
--> statement-breakpoint
CREATE TABLE "sync"."refresh" (
	"offer_id" bigint PRIMARY KEY NOT NULL,
	"first_seen_at" timestamp with time zone NOT NULL,
	"summary_at" timestamp with time zone,
	"summary_call_id" bigint,
	"detail_at" timestamp with time zone,
	"detail_call_id" bigint,
	"found_at" timestamp with time zone,
	"found_call_id" bigint,
	"last_call_id" bigint,
	"empty_detail_streak" integer DEFAULT 0 NOT NULL,
	"not_before" timestamp with time zone,
	"leased_by" bigint,
	"leased_until" timestamp with time zone,
	CONSTRAINT "refresh_empty_detail_streak" CHECK ("sync"."refresh"."empty_detail_streak" >= 0)
);
--> statement-breakpoint
CREATE TABLE "sync"."run" (
	"run_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sync"."run_run_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"scope" text NOT NULL,
	"trigger" text NOT NULL,
	"source" text NOT NULL,
	"status" text DEFAULT 'queued' NOT NULL,
	"cause" text,
	"feeds" jsonb NOT NULL,
	"lane" text,
	"budget_calls" integer,
	"calls_used" integer DEFAULT 0 NOT NULL,
	"lease_owner" text,
	"heartbeat_at" timestamp with time zone,
	"requested_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"deadline_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"categories_seen" integer DEFAULT 0 NOT NULL,
	"offers_new" integer DEFAULT 0 NOT NULL,
	"offers_changed" integer DEFAULT 0 NOT NULL,
	"offers_unchanged" integer DEFAULT 0 NOT NULL,
	"prices_opened" integer DEFAULT 0 NOT NULL,
	"prices_closed" integer DEFAULT 0 NOT NULL,
	"rejects" integer DEFAULT 0 NOT NULL,
	"errors" integer DEFAULT 0 NOT NULL,
	"last_error_code" text,
	CONSTRAINT "run_source" CHECK ("sync"."run"."source" IN ('sandbox', 'live')),
	CONSTRAINT "run_status" CHECK ("sync"."run"."status" IN ('queued', 'running', 'succeeded', 'partial_quota', 'partial_error', 'failed', 'cancelled')),
	CONSTRAINT "run_lane" CHECK ("sync"."run"."lane" IN ('refresh', 'discovery', 'manual')),
	CONSTRAINT "run_budget_calls" CHECK ("sync"."run"."budget_calls" >= 0)
);
--> statement-breakpoint
CREATE TABLE "sync"."search_window" (
	"window_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sync"."search_window_window_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"feed" text NOT NULL,
	"keyword" text DEFAULT '' NOT NULL,
	"category_id" bigint DEFAULT 0 NOT NULL,
	"price_min_cny" numeric(14, 4),
	"price_max_cny" numeric(14, 4),
	"language" text NOT NULL,
	"max_pages" integer,
	"total_records" integer,
	"next_page" integer DEFAULT 1 NOT NULL,
	"rows_seen" integer DEFAULT 0 NOT NULL,
	"pass_started_at" timestamp with time zone,
	"completed_at" timestamp with time zone,
	"last_outcome" text,
	"last_call_id" bigint,
	"not_before" timestamp with time zone,
	"leased_by" bigint,
	"leased_until" timestamp with time zone,
	"retired_at" timestamp with time zone,
	CONSTRAINT "search_window_query" UNIQUE NULLS NOT DISTINCT("feed","keyword","category_id","price_min_cny","price_max_cny","language"),
	CONSTRAINT "search_window_next_page" CHECK ("sync"."search_window"."next_page" >= 1),
	CONSTRAINT "search_window_last_outcome" CHECK ("sync"."search_window"."last_outcome" IN ('complete', 'capped', 'max_pages', 'page_repeated', 'short'))
);
--> statement-breakpoint
CREATE TABLE "sync"."seller_observation" (
	"seller_id" text PRIMARY KEY NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"call_id" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sync"."token" (
	"app_key" text PRIMARY KEY NOT NULL,
	"access_token" "bytea" NOT NULL,
	"access_expires_at" timestamp with time zone,
	"refresh_token" "bytea",
	"refresh_expires_at" timestamp with time zone,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sync"."window_offer" (
	"window_id" bigint NOT NULL,
	"offer_id" bigint NOT NULL,
	"first_seen_at" timestamp with time zone NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL,
	CONSTRAINT "window_offer_window_id_offer_id_pk" PRIMARY KEY("window_id","offer_id")
);
--> statement-breakpoint
ALTER TABLE "catalog"."category" ADD CONSTRAINT "category_parent_id_category_category_id_fk" FOREIGN KEY ("parent_id") REFERENCES "catalog"."category"("category_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "catalog"."offer" ADD CONSTRAINT "offer_seller_id_seller_seller_id_fk" FOREIGN KEY ("seller_id") REFERENCES "catalog"."seller"("seller_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "catalog"."offer_attribute" ADD CONSTRAINT "offer_attribute_offer_id_offer_offer_id_fk" FOREIGN KEY ("offer_id") REFERENCES "catalog"."offer"("offer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "catalog"."offer_change" ADD CONSTRAINT "offer_change_offer_id_offer_offer_id_fk" FOREIGN KEY ("offer_id") REFERENCES "catalog"."offer"("offer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "catalog"."offer_image" ADD CONSTRAINT "offer_image_offer_id_offer_offer_id_fk" FOREIGN KEY ("offer_id") REFERENCES "catalog"."offer"("offer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "catalog"."price" ADD CONSTRAINT "price_offer_id_offer_offer_id_fk" FOREIGN KEY ("offer_id") REFERENCES "catalog"."offer"("offer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "catalog"."sku" ADD CONSTRAINT "sku_offer_id_offer_offer_id_fk" FOREIGN KEY ("offer_id") REFERENCES "catalog"."offer"("offer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sync"."window_offer" ADD CONSTRAINT "window_offer_window_id_search_window_window_id_fk" FOREIGN KEY ("window_id") REFERENCES "sync"."search_window"("window_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "category_parent" ON "catalog"."category" USING btree ("parent_id");--> statement-breakpoint
CREATE INDEX "offer_category" ON "catalog"."offer" USING btree ("category_id");--> statement-breakpoint
CREATE INDEX "offer_seller" ON "catalog"."offer" USING btree ("seller_id");--> statement-breakpoint
CREATE INDEX "offer_change_offer" ON "catalog"."offer_change" USING btree ("offer_id","observed_at");--> statement-breakpoint
CREATE INDEX "search_hit_offer" ON "catalog"."search_hit" USING btree ("offer_id","observed_at");--> statement-breakpoint
CREATE INDEX "category_visit_leased" ON "sync"."category_visit" USING btree ("leased_by") WHERE "sync"."category_visit"."leased_by" IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "database_identity_one_row" ON "sync"."database_identity" USING btree ((true));--> statement-breakpoint
CREATE INDEX "refresh_detail" ON "sync"."refresh" USING btree ("detail_at" NULLS FIRST,"offer_id");--> statement-breakpoint
CREATE INDEX "refresh_leased" ON "sync"."refresh" USING btree ("leased_by") WHERE "sync"."refresh"."leased_by" IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "run_active" ON "sync"."run" USING btree ("scope") WHERE "sync"."run"."status" IN ('queued', 'running');--> statement-breakpoint
CREATE INDEX "search_window_leased" ON "sync"."search_window" USING btree ("leased_by") WHERE "sync"."search_window"."leased_by" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "window_offer_offer" ON "sync"."window_offer" USING btree ("offer_id");--> statement-breakpoint
-- From here on by hand: what drizzle-kit can't say.
CREATE SCHEMA "analytics";
--> statement-breakpoint
CREATE SCHEMA "bullmq";
--> statement-breakpoint
CREATE FUNCTION "sync"."ensure_partitions"(around timestamptz, months_ahead integer)
RETURNS SETOF text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  parent record;
  month timestamp;
  partition text;
BEGIN
  -- One at a time: whoever comes second finds the partitions made.
  PERFORM pg_advisory_xact_lock(hashtext('sync.ensure_partitions'));
  FOR parent IN
    SELECT n.nspname, c.relname
    FROM pg_partitioned_table p
    JOIN pg_class c ON c.oid = p.partrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE p.partstrat = 'r' AND n.nspname IN ('catalog', 'usage', 'raw', 'sync')
    ORDER BY n.nspname, c.relname
  LOOP
    FOR ahead IN 0..months_ahead LOOP
      month := date_trunc('month', around AT TIME ZONE 'UTC') + make_interval(months => ahead);
      partition := parent.relname || to_char(month, '_YYYY_MM');
      CONTINUE WHEN to_regclass(format('%I.%I', parent.nspname, partition)) IS NOT NULL;
      -- Made beside its parent and attached, for CREATE ... PARTITION OF would wait for every reader and writer.
      EXECUTE format(
        'CREATE TABLE %1$I.%2$I (LIKE %1$I.%3$I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING COMMENTS)',
        parent.nspname, partition, parent.relname);
      EXECUTE format(
        'ALTER TABLE %1$I.%3$I ATTACH PARTITION %1$I.%2$I FOR VALUES FROM (%4$L) TO (%5$L)',
        parent.nspname, partition, parent.relname,
        month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
      EXECUTE format(
        'COMMENT ON TABLE %I.%I IS %L', parent.nspname, partition,
        format('%s of %s (UTC).', initcap(parent.relname), to_char(month, 'YYYY-MM')));
      RETURN NEXT parent.nspname || '.' || partition;
    END LOOP;
  END LOOP;
END
$$;
--> statement-breakpoint
COMMENT ON FUNCTION "sync"."ensure_partitions"(timestamptz, integer) IS 'Makes the monthly partitions (UTC) of every partitioned table that are missing from the month of a time to so many months later; gives their names.';
--> statement-breakpoint
DO $$
BEGIN
  FOR part IN 0..7 LOOP
    EXECUTE format(
      'CREATE TABLE catalog.price_history_%1$s PARTITION OF catalog.price_history FOR VALUES WITH (MODULUS 8, REMAINDER %1$s)',
      part);
    EXECUTE format('COMMENT ON TABLE catalog.price_history_%1$s IS %2$L', part, format('Part %s of 8 of price_history, by hash of the offer.', part + 1));
  END LOOP;
END
$$;
--> statement-breakpoint
SELECT "sync"."ensure_partitions"(now(), 3);
--> statement-breakpoint
INSERT INTO "sync"."database_identity" DEFAULT VALUES;
--> statement-breakpoint
-- Rows that every look rewrites get room on their page, so that the new version stays beside the old one.
ALTER TABLE "sync"."refresh" SET (fillfactor = 85);--> statement-breakpoint
ALTER TABLE "sync"."search_window" SET (fillfactor = 70);--> statement-breakpoint
ALTER TABLE "sync"."category_visit" SET (fillfactor = 85);--> statement-breakpoint
ALTER TABLE "sync"."window_offer" SET (fillfactor = 85);--> statement-breakpoint
ALTER TABLE "sync"."seller_observation" SET (fillfactor = 85);--> statement-breakpoint
ALTER TABLE "sync"."drift" SET (fillfactor = 70);--> statement-breakpoint
ALTER TABLE "sync"."run" SET (fillfactor = 70);--> statement-breakpoint
ALTER TABLE "catalog"."sku" SET (fillfactor = 90);--> statement-breakpoint
ALTER TABLE "catalog"."price" SET (fillfactor = 90);--> statement-breakpoint
COMMENT ON SCHEMA "catalog" IS 'What is known of 1688''s catalog: current state, price history and what every look saw.';
COMMENT ON SCHEMA "sync" IS 'How the sync stands: runs, looks, leases, and answers that could not be used.';
COMMENT ON SCHEMA "usage" IS 'The quota ledger: every call that was granted, and the windows that limit them.';
COMMENT ON SCHEMA "raw" IS 'Answers as they came, kept for a while.';
COMMENT ON SCHEMA "analytics" IS 'Views and functions for analysts.';
COMMENT ON SCHEMA "bullmq" IS 'The job queue, when it runs on Postgres.';
COMMENT ON TABLE "catalog"."category" IS 'One category node, current state.';
COMMENT ON COLUMN "catalog"."category"."category_id" IS 'Category id of 1688.';
COMMENT ON COLUMN "catalog"."category"."parent_id" IS 'Node above; null for a root (level 1) and while it is not known.';
COMMENT ON COLUMN "catalog"."category"."level" IS '1 for roots; null while it is not known.';
COMMENT ON COLUMN "catalog"."category"."path" IS 'Ids from the highest known node down to this one, joined by /.';
COMMENT ON COLUMN "catalog"."category"."name_zh" IS 'Name in Chinese.';
COMMENT ON COLUMN "catalog"."category"."name_translated" IS 'Name in the language of the sync.';
COMMENT ON COLUMN "catalog"."category"."is_leaf" IS 'True: offers hang on it, no nodes below; null while it is not known.';
COMMENT ON COLUMN "catalog"."category"."is_retired" IS 'Marked 停用 in its name: kept by 1688, no longer used.';
COMMENT ON COLUMN "catalog"."category"."parent_seen_at" IS 'When its place in the tree was last stated; null: never.';
COMMENT ON COLUMN "catalog"."category"."level_seen_at" IS 'When its level was last stated.';
COMMENT ON COLUMN "catalog"."category"."name_seen_at" IS 'When its Chinese name was last stated.';
COMMENT ON COLUMN "catalog"."category"."name_translated_seen_at" IS 'When its translated name was last stated.';
COMMENT ON COLUMN "catalog"."category"."leaf_seen_at" IS 'When it was last stated whether it is a leaf.';
COMMENT ON COLUMN "catalog"."category"."first_seen_at" IS 'Earliest answer that named it.';
COMMENT ON COLUMN "catalog"."category"."call_id" IS 'Call that last changed this row (soft reference).';
COMMENT ON TABLE "catalog"."seller" IS 'One seller, current state.';
COMMENT ON COLUMN "catalog"."seller"."seller_id" IS '1688''s sellerOpenId.';
COMMENT ON COLUMN "catalog"."seller"."company_name" IS 'Company name.';
COMMENT ON COLUMN "catalog"."seller"."trade_medal_level" IS 'Trade medal level.';
COMMENT ON COLUMN "catalog"."seller"."composite_service_score" IS 'Composite service score.';
COMMENT ON COLUMN "catalog"."seller"."logistics_experience_score" IS 'Logistics score.';
COMMENT ON COLUMN "catalog"."seller"."dispute_complaint_score" IS 'Disputes and complaints score.';
COMMENT ON COLUMN "catalog"."seller"."offer_experience_score" IS 'Goods score.';
COMMENT ON COLUMN "catalog"."seller"."after_sales_experience_score" IS 'After-sales score.';
COMMENT ON COLUMN "catalog"."seller"."consulting_experience_score" IS 'Consulting score.';
COMMENT ON COLUMN "catalog"."seller"."repeat_purchase_rate" IS 'Share of buyers who came back, 0 to 1.';
COMMENT ON COLUMN "catalog"."seller"."changed_at" IS 'When the call that last changed this row was granted.';
COMMENT ON COLUMN "catalog"."seller"."call_id" IS 'Call that showed it (usage.api_call; soft reference).';
COMMENT ON TABLE "catalog"."offer" IS 'One offer, current state: of the newest detail answer that found it, else of the newest search row.';
COMMENT ON COLUMN "catalog"."offer"."offer_id" IS 'Offer id of 1688.';
COMMENT ON COLUMN "catalog"."offer"."category_id" IS 'Leaf category; not a foreign key, for the node may not have been visited.';
COMMENT ON COLUMN "catalog"."offer"."seller_id" IS 'Seller; null until a detail answer named it.';
COMMENT ON COLUMN "catalog"."offer"."state" IS 'listed: on sale; delisted: found, but not on sale; missing: the last look was empty; gone: the last two or more were.';
COMMENT ON COLUMN "catalog"."offer"."subject" IS 'Title in Chinese.';
COMMENT ON COLUMN "catalog"."offer"."subject_translated" IS 'Title in the language of the sync.';
COMMENT ON COLUMN "catalog"."offer"."source_status" IS '1688''s own word: published is on sale.';
COMMENT ON COLUMN "catalog"."offer"."quote_type" IS '0: no SKU, price by quantity; 1: price by SKU; 2: SKUs, but price by quantity.';
COMMENT ON COLUMN "catalog"."offer"."unit" IS 'Unit of sale.';
COMMENT ON COLUMN "catalog"."offer"."unit_translated" IS 'Unit in the language of the sync.';
COMMENT ON COLUMN "catalog"."offer"."min_order_quantity" IS 'Smallest order, in units.';
COMMENT ON COLUMN "catalog"."offer"."batch_number" IS 'Units are sold in multiples of this.';
COMMENT ON COLUMN "catalog"."offer"."trade_score" IS 'Score of the offer, as 1688 counts it.';
COMMENT ON COLUMN "catalog"."offer"."main_image_url" IS 'Main image.';
COMMENT ON COLUMN "catalog"."offer"."video_url" IS 'Main video.';
COMMENT ON COLUMN "catalog"."offer"."ship_from" IS 'Where it is sent from.';
COMMENT ON COLUMN "catalog"."offer"."source_created_at" IS 'When 1688 says it was created.';
COMMENT ON COLUMN "catalog"."offer"."source_modified_at" IS 'When 1688 says it was modified, by the newest search row.';
COMMENT ON COLUMN "catalog"."offer"."content_hash" IS 'SHA-256 over what a detail answer says, counters left out; null until one found it.';
COMMENT ON COLUMN "catalog"."offer"."normalizer_version" IS 'Version of the code that read that answer.';
COMMENT ON COLUMN "catalog"."offer"."changed_at" IS 'When the call that last changed this row was granted.';
COMMENT ON COLUMN "catalog"."offer"."run_id" IS 'Run of the call that last changed this row.';
COMMENT ON COLUMN "catalog"."offer"."call_id" IS 'Call that last changed this row (soft reference).';
COMMENT ON TABLE "catalog"."offer_image" IS 'One image of an offer.';
COMMENT ON COLUMN "catalog"."offer_image"."offer_id" IS 'Offer id of 1688.';
COMMENT ON COLUMN "catalog"."offer_image"."kind" IS 'main: gallery; white: cut-out.';
COMMENT ON COLUMN "catalog"."offer_image"."position" IS 'From 0 within its kind.';
COMMENT ON COLUMN "catalog"."offer_image"."url" IS 'Address without signature.';
COMMENT ON TABLE "catalog"."offer_attribute" IS 'One value of one attribute of an offer.';
COMMENT ON COLUMN "catalog"."offer_attribute"."offer_id" IS 'Offer id of 1688.';
COMMENT ON COLUMN "catalog"."offer_attribute"."position" IS 'From 0 over all attributes of the offer.';
COMMENT ON COLUMN "catalog"."offer_attribute"."attribute_id" IS 'Attribute id of 1688; an attribute with several values has a row for each.';
COMMENT ON COLUMN "catalog"."offer_attribute"."name" IS 'Name as the seller wrote it.';
COMMENT ON COLUMN "catalog"."offer_attribute"."value" IS 'Value as the seller wrote it.';
COMMENT ON COLUMN "catalog"."offer_attribute"."name_translated" IS 'Name in the language of the sync.';
COMMENT ON COLUMN "catalog"."offer_attribute"."value_translated" IS 'Value in the language of the sync.';
COMMENT ON TABLE "catalog"."sku" IS 'One SKU of an offer, current state.';
COMMENT ON COLUMN "catalog"."sku"."offer_id" IS 'Offer id of 1688.';
COMMENT ON COLUMN "catalog"."sku"."sku_id" IS 'SKU id of 1688.';
COMMENT ON COLUMN "catalog"."sku"."state" IS 'listed: in the newest detail answer that found the offer; gone: only in older ones.';
COMMENT ON COLUMN "catalog"."sku"."spec_id" IS '1688''s specId, which orders name.';
COMMENT ON COLUMN "catalog"."sku"."cargo_number" IS 'The seller''s own number.';
COMMENT ON COLUMN "catalog"."sku"."label" IS 'Attributes as one text, for people.';
COMMENT ON COLUMN "catalog"."sku"."attributes" IS 'Attributes: attributeId, name, value, nameTranslated, valueTranslated.';
COMMENT ON COLUMN "catalog"."sku"."stock" IS 'Units in stock at the newest look.';
COMMENT ON COLUMN "catalog"."sku"."image_url" IS 'Image.';
COMMENT ON COLUMN "catalog"."sku"."last_listed_at" IS 'Gone SKUs: newest look that still had it. Null while listed.';
COMMENT ON COLUMN "catalog"."sku"."last_listed_call_id" IS 'Call of that look (soft reference).';
COMMENT ON COLUMN "catalog"."sku"."changed_at" IS 'When the call that last changed this row was granted.';
COMMENT ON COLUMN "catalog"."sku"."call_id" IS 'Call that last changed this row (soft reference).';
COMMENT ON TABLE "catalog"."price" IS 'One price that holds now. Its past is in price_history.';
COMMENT ON COLUMN "catalog"."price"."offer_id" IS 'Offer id of 1688.';
COMMENT ON COLUMN "catalog"."price"."sku_id" IS 'SKU the price is for; 0 = the offer as a whole.';
COMMENT ON COLUMN "catalog"."price"."kind" IS 'list: without any privilege; promotion: its temporary reduction; consign, jxhy, retail: channel prices; search: what a search row shows.';
COMMENT ON COLUMN "catalog"."price"."min_quantity" IS 'The price holds from this many units on.';
COMMENT ON COLUMN "catalog"."price"."amount_cny" IS 'Price per unit in yuan.';
COMMENT ON COLUMN "catalog"."price"."valid_from" IS 'When the call that first showed this amount was granted.';
COMMENT ON COLUMN "catalog"."price"."call_id" IS 'Call that first showed it (soft reference).';
COMMENT ON TABLE "catalog"."price_history" IS 'One price that held, over [valid_from, valid_to). Append-only; intervals of a key never overlap. The present is in price.';
COMMENT ON COLUMN "catalog"."price_history"."offer_id" IS 'Offer id of 1688.';
COMMENT ON COLUMN "catalog"."price_history"."sku_id" IS 'SKU the price is for; 0 = the offer as a whole.';
COMMENT ON COLUMN "catalog"."price_history"."kind" IS 'list: without any privilege; promotion: its temporary reduction; consign, jxhy, retail: channel prices; search: what a search row shows.';
COMMENT ON COLUMN "catalog"."price_history"."min_quantity" IS 'The price holds from this many units on.';
COMMENT ON COLUMN "catalog"."price_history"."amount_cny" IS 'Price per unit in yuan.';
COMMENT ON COLUMN "catalog"."price_history"."valid_from" IS 'When the call that first showed this amount was granted.';
COMMENT ON COLUMN "catalog"."price_history"."valid_to" IS 'When the call that showed another amount, or none, was granted.';
COMMENT ON COLUMN "catalog"."price_history"."call_id" IS 'Call that first showed it (soft reference).';
COMMENT ON COLUMN "catalog"."price_history"."closed_by_call_id" IS 'Call that ended it (soft reference).';
COMMENT ON TABLE "catalog"."observation" IS 'What one call saw of one offer. Append-only, by month (UTC).';
COMMENT ON COLUMN "catalog"."observation"."offer_id" IS 'Offer id of 1688.';
COMMENT ON COLUMN "catalog"."observation"."observed_at" IS 'When the call was granted, by the ledger clock.';
COMMENT ON COLUMN "catalog"."observation"."source" IS 'search or detail.';
COMMENT ON COLUMN "catalog"."observation"."call_id" IS 'Call that showed it (usage.api_call; soft reference).';
COMMENT ON COLUMN "catalog"."observation"."is_found" IS 'False: the answer was good and empty.';
COMMENT ON COLUMN "catalog"."observation"."is_late" IS 'Loaded after a newer look of the same source: kept, but history was already written.';
COMMENT ON COLUMN "catalog"."observation"."min_price_cny" IS 'Smallest list price (detail) or the price shown (search), in yuan.';
COMMENT ON COLUMN "catalog"."observation"."stock" IS 'Units in stock (detail).';
COMMENT ON COLUMN "catalog"."observation"."sold_count" IS 'Units sold as 1688 counts them (detail).';
COMMENT ON COLUMN "catalog"."observation"."month_sold" IS 'Units sold in a month (search).';
COMMENT ON COLUMN "catalog"."observation"."raw_id" IS 'Stored answer (raw.payload; soft reference).';
COMMENT ON COLUMN "catalog"."observation"."run_id" IS 'Run that made the call (sync.run).';
COMMENT ON COLUMN "catalog"."observation"."loaded_at" IS 'When it was loaded, by the clock of the database.';
COMMENT ON TABLE "catalog"."offer_change" IS 'One change of one field of an offer: the feed that others can follow by change_id.';
COMMENT ON COLUMN "catalog"."offer_change"."change_id" IS 'Grows with every change; a transaction that commits late may fill a gap.';
COMMENT ON COLUMN "catalog"."offer_change"."offer_id" IS 'Offer id of 1688.';
COMMENT ON COLUMN "catalog"."offer_change"."field" IS 'Column of catalog.offer; state with old = null: the offer is new.';
COMMENT ON COLUMN "catalog"."offer_change"."old" IS 'Value before, as text.';
COMMENT ON COLUMN "catalog"."offer_change"."new" IS 'Value after, as text.';
COMMENT ON COLUMN "catalog"."offer_change"."observed_at" IS 'When the call that showed it was granted.';
COMMENT ON COLUMN "catalog"."offer_change"."call_id" IS 'Call that showed it (usage.api_call; soft reference).';
COMMENT ON TABLE "catalog"."search_hit" IS 'One row of one search page. Append-only, by month (UTC).';
COMMENT ON COLUMN "catalog"."search_hit"."window_id" IS 'Search window (sync.search_window).';
COMMENT ON COLUMN "catalog"."search_hit"."call_id" IS 'Call that showed it (usage.api_call; soft reference).';
COMMENT ON COLUMN "catalog"."search_hit"."observed_at" IS 'When the call was granted, by the ledger clock.';
COMMENT ON COLUMN "catalog"."search_hit"."page" IS 'Page, from 1.';
COMMENT ON COLUMN "catalog"."search_hit"."rank" IS 'Position on its page, from 1.';
COMMENT ON COLUMN "catalog"."search_hit"."feed" IS 'Feed the window belongs to.';
COMMENT ON COLUMN "catalog"."search_hit"."keyword" IS 'Keyword; empty: none.';
COMMENT ON COLUMN "catalog"."search_hit"."category_id" IS 'Category searched; 0: none.';
COMMENT ON COLUMN "catalog"."search_hit"."offer_id" IS 'Offer id of 1688.';
COMMENT ON TABLE "sync"."database_identity" IS 'One row: which database this is, and whose data it holds.';
COMMENT ON COLUMN "sync"."database_identity"."database_id" IS 'Drawn when it was migrated first.';
COMMENT ON COLUMN "sync"."database_identity"."source" IS 'sandbox or live; null until the first run.';
COMMENT ON COLUMN "sync"."database_identity"."created_at" IS 'When it was migrated first.';
COMMENT ON TABLE "sync"."run" IS 'One run: a scope, a budget of calls, an outcome.';
COMMENT ON COLUMN "sync"."run"."run_id" IS 'Ours.';
COMMENT ON COLUMN "sync"."run"."scope" IS 'all, or feed:<name>; at most one run of a scope is active.';
COMMENT ON COLUMN "sync"."run"."trigger" IS 'cli, demo, or the name of a schedule.';
COMMENT ON COLUMN "sync"."run"."source" IS 'sandbox or live.';
COMMENT ON COLUMN "sync"."run"."status" IS 'queued, running, succeeded, partial_quota, partial_error, failed or cancelled.';
COMMENT ON COLUMN "sync"."run"."cause" IS 'Why it ended as it did.';
COMMENT ON COLUMN "sync"."run"."feeds" IS 'Names of its feeds.';
COMMENT ON COLUMN "sync"."run"."lane" IS 'Lane of its calls; null: by kind of job.';
COMMENT ON COLUMN "sync"."run"."budget_calls" IS 'Most calls it may spend; null: no bound but the quota.';
COMMENT ON COLUMN "sync"."run"."calls_used" IS 'Calls granted to it and not refunded.';
COMMENT ON COLUMN "sync"."run"."lease_owner" IS 'Process that drives it.';
COMMENT ON COLUMN "sync"."run"."heartbeat_at" IS 'When that process last said so.';
COMMENT ON COLUMN "sync"."run"."requested_at" IS 'When it was asked for.';
COMMENT ON COLUMN "sync"."run"."started_at" IS 'When it started.';
COMMENT ON COLUMN "sync"."run"."deadline_at" IS 'When it ends at the latest.';
COMMENT ON COLUMN "sync"."run"."ended_at" IS 'When it ended.';
COMMENT ON COLUMN "sync"."run"."categories_seen" IS 'Category nodes in its answers.';
COMMENT ON COLUMN "sync"."run"."offers_new" IS 'Offers not known before.';
COMMENT ON COLUMN "sync"."run"."offers_changed" IS 'Known offers that changed.';
COMMENT ON COLUMN "sync"."run"."offers_unchanged" IS 'Offers seen unchanged.';
COMMENT ON COLUMN "sync"."run"."prices_opened" IS 'Prices that began to hold.';
COMMENT ON COLUMN "sync"."run"."prices_closed" IS 'Prices that ended.';
COMMENT ON COLUMN "sync"."run"."rejects" IS 'Rows quarantined.';
COMMENT ON COLUMN "sync"."run"."errors" IS 'Targets given up.';
COMMENT ON COLUMN "sync"."run"."last_error_code" IS 'Code of the last of these.';
COMMENT ON TABLE "sync"."search_window" IS 'One search query of a feed, and how far its pass is.';
COMMENT ON COLUMN "sync"."search_window"."window_id" IS 'Ours.';
COMMENT ON COLUMN "sync"."search_window"."feed" IS 'Feed of the sync file.';
COMMENT ON COLUMN "sync"."search_window"."keyword" IS 'Keyword; empty: none.';
COMMENT ON COLUMN "sync"."search_window"."category_id" IS 'Category; 0: none.';
COMMENT ON COLUMN "sync"."search_window"."price_min_cny" IS 'Lower bound in yuan; null: open.';
COMMENT ON COLUMN "sync"."search_window"."price_max_cny" IS 'Upper bound in yuan; null: open.';
COMMENT ON COLUMN "sync"."search_window"."language" IS 'Language of the translations.';
COMMENT ON COLUMN "sync"."search_window"."max_pages" IS 'Most pages of a pass; null: no bound.';
COMMENT ON COLUMN "sync"."search_window"."total_records" IS 'As 1688 last reported it: at most 2,000.';
COMMENT ON COLUMN "sync"."search_window"."next_page" IS 'Page to ask for next; 1 when no pass is under way.';
COMMENT ON COLUMN "sync"."search_window"."rows_seen" IS 'Rows the pass listed so far, repeats included.';
COMMENT ON COLUMN "sync"."search_window"."pass_started_at" IS 'When its first page was asked for; null when none is under way.';
COMMENT ON COLUMN "sync"."search_window"."completed_at" IS 'When the last pass ended.';
COMMENT ON COLUMN "sync"."search_window"."last_outcome" IS 'complete, capped, max_pages, page_repeated or short.';
COMMENT ON COLUMN "sync"."search_window"."last_call_id" IS 'Last page loaded (soft reference).';
COMMENT ON COLUMN "sync"."search_window"."not_before" IS 'Not asked for again before this time.';
COMMENT ON COLUMN "sync"."search_window"."leased_by" IS 'Run that has taken it to ask about it; null when free.';
COMMENT ON COLUMN "sync"."search_window"."leased_until" IS 'When the lease ends by itself.';
COMMENT ON COLUMN "sync"."search_window"."retired_at" IS 'When no feed wanted it any more.';
COMMENT ON TABLE "sync"."window_offer" IS 'One offer that a search window has listed.';
COMMENT ON COLUMN "sync"."window_offer"."window_id" IS 'Search window.';
COMMENT ON COLUMN "sync"."window_offer"."offer_id" IS 'Offer id of 1688.';
COMMENT ON COLUMN "sync"."window_offer"."first_seen_at" IS 'Earliest page that listed it.';
COMMENT ON COLUMN "sync"."window_offer"."last_seen_at" IS 'Newest page that listed it.';
COMMENT ON TABLE "sync"."category_visit" IS 'When a category node was last asked for.';
COMMENT ON COLUMN "sync"."category_visit"."category_id" IS 'Category id of 1688; 0: the roots.';
COMMENT ON COLUMN "sync"."category_visit"."visited_at" IS 'Newest answer loaded; null: never.';
COMMENT ON COLUMN "sync"."category_visit"."last_call_id" IS 'Call of that answer (soft reference).';
COMMENT ON COLUMN "sync"."category_visit"."not_before" IS 'Not asked for again before this time.';
COMMENT ON COLUMN "sync"."category_visit"."leased_by" IS 'Run that has taken it to ask about it; null when free.';
COMMENT ON COLUMN "sync"."category_visit"."leased_until" IS 'When the lease ends by itself.';
COMMENT ON TABLE "sync"."refresh" IS 'One offer: when it was last looked at. Its row lock is the lock of everything that belongs to the offer.';
COMMENT ON COLUMN "sync"."refresh"."offer_id" IS 'Offer id of 1688.';
COMMENT ON COLUMN "sync"."refresh"."first_seen_at" IS 'Earliest answer that named it.';
COMMENT ON COLUMN "sync"."refresh"."summary_at" IS 'Newest search row.';
COMMENT ON COLUMN "sync"."refresh"."summary_call_id" IS 'Call of that row (soft reference).';
COMMENT ON COLUMN "sync"."refresh"."detail_at" IS 'Newest detail answer; null: never.';
COMMENT ON COLUMN "sync"."refresh"."detail_call_id" IS 'Call of that answer (soft reference).';
COMMENT ON COLUMN "sync"."refresh"."found_at" IS 'Newest detail answer that found it.';
COMMENT ON COLUMN "sync"."refresh"."found_call_id" IS 'Call of that answer (soft reference).';
COMMENT ON COLUMN "sync"."refresh"."last_call_id" IS 'Call loaded last (soft reference).';
COMMENT ON COLUMN "sync"."refresh"."empty_detail_streak" IS 'Empty detail answers since the newest that found it.';
COMMENT ON COLUMN "sync"."refresh"."not_before" IS 'Not asked for again before this time.';
COMMENT ON COLUMN "sync"."refresh"."leased_by" IS 'Run that has taken it to ask about it; null when free.';
COMMENT ON COLUMN "sync"."refresh"."leased_until" IS 'When the lease ends by itself.';
COMMENT ON TABLE "sync"."seller_observation" IS 'One seller: the newest detail answer that described it.';
COMMENT ON COLUMN "sync"."seller_observation"."seller_id" IS '1688''s sellerOpenId.';
COMMENT ON COLUMN "sync"."seller_observation"."observed_at" IS 'When its call was granted.';
COMMENT ON COLUMN "sync"."seller_observation"."call_id" IS 'That call (soft reference).';
COMMENT ON TABLE "sync"."quarantine" IS 'One value of an answer that could not be used.';
COMMENT ON COLUMN "sync"."quarantine"."quarantine_id" IS 'Ours.';
COMMENT ON COLUMN "sync"."quarantine"."raw_id" IS 'Stored answer (soft reference).';
COMMENT ON COLUMN "sync"."quarantine"."call_id" IS 'Call (soft reference).';
COMMENT ON COLUMN "sync"."quarantine"."run_id" IS 'Run that made the call (sync.run).';
COMMENT ON COLUMN "sync"."quarantine"."operation" IS 'Operation of the call.';
COMMENT ON COLUMN "sync"."quarantine"."path" IS 'Where in the answer.';
COMMENT ON COLUMN "sync"."quarantine"."reason" IS 'Why: missing, not_an_id, not_money ...';
COMMENT ON COLUMN "sync"."quarantine"."sample" IS 'The value, at most 200 characters.';
COMMENT ON COLUMN "sync"."quarantine"."observed_at" IS 'When the call was granted.';
COMMENT ON TABLE "sync"."drift" IS 'One field whose presence or type is not as known of the API.';
COMMENT ON COLUMN "sync"."drift"."operation" IS 'Operation.';
COMMENT ON COLUMN "sync"."drift"."path" IS 'Where in its answers.';
COMMENT ON COLUMN "sync"."drift"."kind" IS 'unknown, missing or retyped.';
COMMENT ON COLUMN "sync"."drift"."seen" IS 'Answers that had it.';
COMMENT ON COLUMN "sync"."drift"."first_seen_at" IS 'Earliest of them.';
COMMENT ON COLUMN "sync"."drift"."last_seen_at" IS 'Newest of them.';
COMMENT ON COLUMN "sync"."drift"."sample" IS 'A value, at most 200 characters.';
COMMENT ON COLUMN "sync"."drift"."last_raw_id" IS 'Stored answer of the newest (soft reference).';
COMMENT ON TABLE "sync"."token" IS 'OAuth tokens of one app, encrypted.';
COMMENT ON COLUMN "sync"."token"."app_key" IS 'App key.';
COMMENT ON COLUMN "sync"."token"."access_token" IS 'Encrypted access token.';
COMMENT ON COLUMN "sync"."token"."access_expires_at" IS 'When it ends; null: not known.';
COMMENT ON COLUMN "sync"."token"."refresh_token" IS 'Encrypted refresh token; null: none.';
COMMENT ON COLUMN "sync"."token"."refresh_expires_at" IS 'When that ends; null: not known.';
COMMENT ON COLUMN "sync"."token"."updated_at" IS 'When they were stored.';
COMMENT ON TABLE "sync"."api_permission" IS 'Whether an app may call an API: as observed, and as its operator declares.';
COMMENT ON COLUMN "sync"."api_permission"."app_key" IS 'App key.';
COMMENT ON COLUMN "sync"."api_permission"."api" IS 'namespace:name:version.';
COMMENT ON COLUMN "sync"."api_permission"."observed" IS 'unknown, allowed, denied, unsupported or exhausted.';
COMMENT ON COLUMN "sync"."api_permission"."observed_at" IS 'When.';
COMMENT ON COLUMN "sync"."api_permission"."observed_call_id" IS 'By which call (soft reference).';
COMMENT ON COLUMN "sync"."api_permission"."declared" IS 'not_applied, pending, under_review, granted or rejected.';
COMMENT ON COLUMN "sync"."api_permission"."declared_at" IS 'When it was declared.';
COMMENT ON COLUMN "sync"."api_permission"."approved_daily" IS 'Approved calls a day.';
COMMENT ON COLUMN "sync"."api_permission"."approved_monthly" IS 'Approved calls a month.';
