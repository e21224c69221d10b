CREATE TABLE "sync"."operator_action" (
	"action_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sync"."operator_action_action_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"acted_at" timestamp with time zone DEFAULT now() NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"outcome" text NOT NULL
);
--> statement-breakpoint
COMMENT ON TABLE "sync"."operator_action" IS 'What people had the web pages do: who, when and what became of it.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."operator_action"."action_id" IS 'Number of the action.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."operator_action"."acted_at" IS 'When it was asked for, by the real clock.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."operator_action"."actor" IS 'Who: the begin of a session''s id, and whether it logged in by token or came from this machine.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."operator_action"."action" IS 'run, cancel, hold, resume, retry or connect.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."operator_action"."subject" IS 'What it was done to: a scope, a run, an API.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."operator_action"."outcome" IS 'What became of it: done and how, or the code of the error.';
