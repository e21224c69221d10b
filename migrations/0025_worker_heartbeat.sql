CREATE TABLE "sync"."worker" (
	"worker_id" uuid PRIMARY KEY NOT NULL,
	"host" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"heartbeat_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
COMMENT ON TABLE "sync"."worker" IS 'Processes that work on runs, one row each; those not heard of for a day are removed.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."worker"."worker_id" IS 'The process; a new one each time it starts.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."worker"."host" IS 'Name of its machine.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."worker"."started_at" IS 'When it began to work.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."worker"."heartbeat_at" IS 'When it was last heard of, by the clock of the machine of Postgres: every five seconds while it works.';
