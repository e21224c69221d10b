CREATE TABLE "sync"."slot" (
	"schedule" text NOT NULL,
	"slot_at" timestamp with time zone NOT NULL,
	"outcome" text NOT NULL,
	"run_id" bigint,
	"decided_at" timestamp with time zone NOT NULL,
	CONSTRAINT "slot_schedule_slot_at_pk" PRIMARY KEY("schedule","slot_at"),
	CONSTRAINT "slot_outcome" CHECK ("sync"."slot"."outcome" IN ('ran', 'merged', 'missed')),
	CONSTRAINT "slot_run" CHECK (("sync"."slot"."outcome" = 'missed') = ("sync"."slot"."run_id" IS NULL))
);
--> statement-breakpoint
COMMENT ON TABLE "sync"."slot" IS 'The times at which schedules wanted a run, and what became of each.';
COMMENT ON COLUMN "sync"."slot"."schedule" IS 'Name of the schedule in catalog-sync.yaml.';
COMMENT ON COLUMN "sync"."slot"."slot_at" IS 'The time that its cron expression names.';
COMMENT ON COLUMN "sync"."slot"."outcome" IS 'ran: it started run_id. merged: run_id of the same scope was active. missed: nobody was there.';
COMMENT ON COLUMN "sync"."slot"."run_id" IS 'The run it started or was merged into; null when missed.';
COMMENT ON COLUMN "sync"."slot"."decided_at" IS 'When this was decided (ledger clock).';
