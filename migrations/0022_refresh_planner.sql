CREATE TABLE "sync"."window_value" (
	"window_id" bigint PRIMARY KEY NOT NULL,
	"pages" integer DEFAULT 0 NOT NULL,
	"soon_value" real NOT NULL,
	"late_value" real NOT NULL,
	"new_offers" real NOT NULL,
	"exposure_days" real NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sync"."feed" (
	"feed" text PRIMARY KEY NOT NULL,
	"max_offers" integer,
	"offers" integer DEFAULT 0 NOT NULL,
	"assigned_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sync"."feed_set" (
	"feed_set" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sync"."feed_set_feed_set_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"feeds" text[] NOT NULL,
	CONSTRAINT "feed_set_feeds" UNIQUE("feeds")
);
--> statement-breakpoint
CREATE TABLE "sync"."observation_stat" (
	"date_day" date NOT NULL,
	"source" text NOT NULL,
	"hint" text NOT NULL,
	"decile" smallint NOT NULL,
	"observations" integer DEFAULT 0 NOT NULL,
	"expected" real NOT NULL,
	"changed" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "observation_stat_date_day_source_hint_decile_pk" PRIMARY KEY("date_day","source","hint","decile"),
	CONSTRAINT "observation_stat_source" CHECK ("sync"."observation_stat"."source" IN ('search', 'detail')),
	CONSTRAINT "observation_stat_hint" CHECK ("sync"."observation_stat"."hint" IN ('none', 'row', 'modify_date', 'absence')),
	CONSTRAINT "observation_stat_decile" CHECK ("sync"."observation_stat"."decile" BETWEEN 1 AND 10)
);
--> statement-breakpoint
CREATE TABLE "sync"."planner" (
	"prior_changes" real NOT NULL,
	"prior_days" real NOT NULL,
	"visible_changes" real NOT NULL,
	"hidden_changes" real NOT NULL,
	"mean_popularity" real NOT NULL,
	"floor_days" real,
	"fitted_at" timestamp with time zone
);
--> statement-breakpoint
DROP INDEX "sync"."refresh_detail";--> statement-breakpoint
ALTER TABLE "sync"."refresh" ADD COLUMN "popularity" real DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."refresh" ADD COLUMN "rate_changes" real DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."refresh" ADD COLUMN "rate_days" real DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."refresh" ADD COLUMN "changed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sync"."refresh" ADD COLUMN "stale_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sync"."refresh" ADD COLUMN "stale_by" text;--> statement-breakpoint
ALTER TABLE "sync"."refresh" ADD COLUMN "feed_set" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."refresh" ADD COLUMN "bucket" integer;--> statement-breakpoint
ALTER TABLE "sync"."refresh" ADD COLUMN "order_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sync"."window_value" ADD CONSTRAINT "window_value_window_id_search_window_window_id_fk" FOREIGN KEY ("window_id") REFERENCES "sync"."search_window"("window_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "planner_one_row" ON "sync"."planner" USING btree ((true));--> statement-breakpoint
CREATE INDEX "refresh_queue" ON "sync"."refresh" USING btree ("feed_set","bucket","order_at","offer_id") WHERE "sync"."refresh"."bucket" IS NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."refresh" ADD CONSTRAINT "refresh_stale_by" CHECK ("sync"."refresh"."stale_by" IN ('row', 'modify_date', 'absence'));--> statement-breakpoint
ALTER TABLE "sync"."refresh" ADD CONSTRAINT "refresh_stale" CHECK (("sync"."refresh"."stale_since" IS NULL) = ("sync"."refresh"."stale_by" IS NULL));--> statement-breakpoint
ALTER TABLE "sync"."refresh" ADD CONSTRAINT "refresh_bucket" CHECK (("sync"."refresh"."bucket" IS NULL) = ("sync"."refresh"."order_at" IS NULL));--> statement-breakpoint
-- By hand from here on: what is known of offers so far, and what everything is for.
INSERT INTO "sync"."planner" (prior_changes, prior_days, visible_changes, hidden_changes, mean_popularity)
VALUES (0.2, 10, 7, 3, 1);--> statement-breakpoint
INSERT INTO "sync"."feed" (feed, offers, assigned_at)
SELECT w.feed, count(DISTINCT o.offer_id), usage.ledger_now()
FROM "sync"."search_window" w
LEFT JOIN "sync"."window_offer" o ON o.window_id = w.window_id AND w.retired_at IS NULL
GROUP BY w.feed;--> statement-breakpoint
INSERT INTO "sync"."feed_set" (feeds)
SELECT DISTINCT array_agg(DISTINCT w.feed ORDER BY w.feed)
FROM "sync"."window_offer" o
JOIN "sync"."search_window" w USING (window_id)
WHERE w.retired_at IS NULL
GROUP BY o.offer_id;--> statement-breakpoint
-- Buckets of offers of popularity 1 of whose rate nothing was learned: the second one is of those whose details are wrong.
UPDATE "sync"."refresh" r
SET feed_set = coalesce(s.feed_set, 0),
    stale_since = CASE WHEN r.detail_at < r.absent_at THEN r.absent_at END,
    stale_by = CASE WHEN r.detail_at < r.absent_at THEN 'absence' END,
    bucket = CASE WHEN r.empty_detail_streak >= 2 THEN NULL
                  WHEN r.detail_at IS NULL OR r.detail_at < r.absent_at THEN 3153350 ELSE 1056198 END,
    order_at = CASE WHEN r.empty_detail_streak >= 2 THEN NULL
                    WHEN r.detail_at IS NULL OR r.detail_at < r.absent_at
                      THEN greatest(r.summary_at, r.detail_at, r.first_seen_at)
                    ELSE r.detail_at + 0.85 * (greatest(r.summary_at, r.detail_at) - r.detail_at) END
FROM "sync"."refresh" k
LEFT JOIN (
  SELECT o.offer_id, array_agg(DISTINCT w.feed ORDER BY w.feed) AS feeds
  FROM "sync"."window_offer" o
  JOIN "sync"."search_window" w USING (window_id)
  WHERE w.retired_at IS NULL
  GROUP BY o.offer_id
) f ON f.offer_id = k.offer_id
LEFT JOIN "sync"."feed_set" s ON s.feeds = f.feeds
WHERE r.offer_id = k.offer_id;--> statement-breakpoint
COMMENT ON TABLE "sync"."refresh" IS 'One offer: when it was last looked at, what that taught of how often it changes, and where it stands among what is to be looked at next. Its row lock is the lock of everything that belongs to the offer.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."refresh"."popularity" IS 'How much its freshness matters before feeds are weighed: the root of 1 + sales of a month.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."refresh"."rate_changes" IS 'Changes that its looks added to what is known of all offers (docs/planner.md).';--> statement-breakpoint
COMMENT ON COLUMN "sync"."refresh"."rate_days" IS 'Days in which those changes would have been seen.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."refresh"."changed_at" IS 'Newest look that showed a change; null: none did.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."refresh"."stale_since" IS 'The look that showed that its detail is out of date; null: nothing says so.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."refresh"."stale_by" IS 'What showed it: another price in a search row (row), another date of modification in it (modify_date), a complete pass without it (absence).';--> statement-breakpoint
COMMENT ON COLUMN "sync"."refresh"."feed_set" IS 'Feeds that reach it, as a row of sync.feed_set; 0: none.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."refresh"."bucket" IS 'Offers of one number matter and change about the same (docs/planner.md); null: gone, not to be asked for.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."refresh"."order_at" IS 'Offers of one bucket are looked at in this order: when they were last looked at, a search row counting for the share of changes it shows.';--> statement-breakpoint
COMMENT ON TABLE "sync"."feed" IS 'One feed of the sync file, as offers were last assigned to it.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."feed"."feed" IS 'Name of the feed.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."feed"."max_offers" IS 'Bound on its offers; null: none.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."feed"."offers" IS 'Offers that belong to it.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."feed"."assigned_at" IS 'When its offers were last assigned as a whole; in between, offers join as they are listed.';--> statement-breakpoint
COMMENT ON TABLE "sync"."feed_set" IS 'A set of feeds that reaches offers. Few sets hold many offers, so that what feeds reach is found by an index.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."feed_set"."feed_set" IS 'Number of the set.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."feed_set"."feeds" IS 'Names of its feeds, in order.';--> statement-breakpoint
COMMENT ON TABLE "sync"."planner" IS 'What is known of all offers together, in one row (docs/planner.md).';--> statement-breakpoint
COMMENT ON COLUMN "sync"."planner"."prior_changes" IS 'Changes that are taken for granted of any offer before its own looks count.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."planner"."prior_days" IS 'In so many days.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."planner"."visible_changes" IS 'Changes found by details that search rows show too, the first guess included.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."planner"."hidden_changes" IS 'Changes found by details that search rows do not show, the first guess included.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."planner"."mean_popularity" IS 'Mean popularity of offers: one that is as popular has importance 1.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."planner"."floor_days" IS 'Age past which an offer is looked at whatever it is worth; null: not known yet.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."planner"."fitted_at" IS 'When the figures were last fitted to the catalog; null: never.';--> statement-breakpoint
COMMENT ON TABLE "sync"."observation_stat" IS 'Looks at offers that were seen before, by what was expected of them: shows whether the planner can be trusted, and what hints are worth.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."observation_stat"."date_day" IS 'Day of the looks in China.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."observation_stat"."source" IS 'search (a row of a page) or detail.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."observation_stat"."hint" IS 'What had shown before that the detail was out of date: none, row, modify_date or absence.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."observation_stat"."decile" IS 'Expected chance of a change, in tenths: 1 is up to 0.1.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."observation_stat"."observations" IS 'Looks.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."observation_stat"."expected" IS 'Sum of the expected chances: how many of them should have shown a change.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."observation_stat"."changed" IS 'How many of them did.';--> statement-breakpoint
COMMENT ON TABLE "sync"."window_value" IS 'What a page of a search window is worth (docs/planner.md), as its last pass left it.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."window_value"."window_id" IS 'The window.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."window_value"."pages" IS 'Pages of the pass, or of the one under way, that the values are of.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."window_value"."soon_value" IS 'Value of these pages together half a day after they were seen.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."window_value"."late_value" IS 'The same after four days.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."window_value"."new_offers" IS 'Offers that its passes were the first to list; half of them is forgotten in 90 days.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."window_value"."exposure_days" IS 'Days between those passes, forgotten likewise.';
