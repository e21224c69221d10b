CREATE TABLE "sync"."schedule" (
	"name" text PRIMARY KEY NOT NULL,
	"cron" text NOT NULL,
	"time_zone" text NOT NULL,
	"feeds" jsonb NOT NULL,
	"budget_calls" integer,
	"missed" text NOT NULL,
	"origin" text NOT NULL,
	"paused_at" timestamp with time zone,
	"counts_from" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "schedule_missed" CHECK ("sync"."schedule"."missed" IN ('skip', 'once')),
	CONSTRAINT "schedule_origin" CHECK ("sync"."schedule"."origin" IN ('file', 'cli')),
	CONSTRAINT "schedule_budget_calls" CHECK ("sync"."schedule"."budget_calls" >= 1),
	CONSTRAINT "schedule_feeds" CHECK (jsonb_typeof("sync"."schedule"."feeds") = 'array')
);
--> statement-breakpoint
ALTER TABLE "sync"."slot" DROP CONSTRAINT "slot_outcome";--> statement-breakpoint
ALTER TABLE "sync"."slot" DROP CONSTRAINT "slot_run";--> statement-breakpoint
ALTER TABLE "sync"."slot" ADD CONSTRAINT "slot_outcome" CHECK ("sync"."slot"."outcome" IN ('ran', 'merged', 'missed', 'skipped'));--> statement-breakpoint
ALTER TABLE "sync"."slot" ADD CONSTRAINT "slot_run" CHECK (("sync"."slot"."outcome" IN ('ran', 'merged')) = ("sync"."slot"."run_id" IS NOT NULL));--> statement-breakpoint
COMMENT ON TABLE "sync"."schedule" IS 'When to sync by itself, while a serve or worker process runs.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."schedule"."name" IS 'What it is called in commands and run history.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."schedule"."cron" IS 'Five fields: minute, hour, day of month, month, weekday.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."schedule"."time_zone" IS 'The zone of these fields, by its IANA name.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."schedule"."feeds" IS 'Names of the feeds that a run is for, as a JSON array.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."schedule"."budget_calls" IS 'Most calls that one run may use; null: no bound but the quota.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."schedule"."missed" IS 'What is made of slots during which nothing was running: once makes up for all of them by one run, skip does not.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."schedule"."origin" IS 'file: catalog-sync.yaml has it. cli: catalog-sync schedule add made it.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."schedule"."paused_at" IS 'Since when its slots are skipped (ledger clock); null: they are not.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."schedule"."counts_from" IS 'Slots after this time have an outcome: when it was first seen, or last given other times (ledger clock).';--> statement-breakpoint
COMMENT ON COLUMN "sync"."schedule"."created_at" IS 'When it was first seen (ledger clock).';--> statement-breakpoint
COMMENT ON COLUMN "sync"."schedule"."updated_at" IS 'When it was last changed, paused or resumed (ledger clock).';--> statement-breakpoint
COMMENT ON COLUMN "sync"."slot"."schedule" IS 'Name of the schedule; it may be gone from sync.schedule.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."slot"."outcome" IS 'ran: it started run_id. merged: run_id of the same scope was active. missed: nobody was there. skipped: the schedule was paused, or catalog-sync.yaml had none of its feeds.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."slot"."run_id" IS 'The run it started or was merged into; null: none.';
