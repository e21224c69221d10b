CREATE SEQUENCE "raw"."raw_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE SEQUENCE "usage"."call_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "raw"."payload" (
	"raw_id" bigint DEFAULT nextval('raw.raw_id_seq') NOT NULL,
	"stored_at" timestamp with time zone NOT NULL,
	"call_id" bigint NOT NULL,
	"run_id" bigint,
	"window_id" bigint,
	"operation" text NOT NULL,
	"request" jsonb NOT NULL,
	"request_hash" "bytea" NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"http_status" integer NOT NULL,
	"body" "bytea" NOT NULL,
	"body_bytes" integer NOT NULL,
	"body_sha256" "bytea" NOT NULL,
	"loaded_at" timestamp with time zone,
	"normalizer_version" integer,
	CONSTRAINT "payload_raw_id_stored_at_pk" PRIMARY KEY("raw_id","stored_at")
) PARTITION BY RANGE ("stored_at");
--> statement-breakpoint
CREATE TABLE "usage"."api_call" (
	"call_id" bigint DEFAULT nextval('usage.call_id_seq') NOT NULL,
	"granted_at" timestamp with time zone NOT NULL,
	"app_key" text NOT NULL,
	"api" text NOT NULL,
	"operation" text NOT NULL,
	"request" jsonb NOT NULL,
	"request_hash" "bytea" NOT NULL,
	"lane" text NOT NULL,
	"run_id" bigint,
	"job_id" text,
	"window_id" bigint,
	"is_exempt" boolean NOT NULL,
	"quota_period_ids" bigint[] NOT NULL,
	"state" text DEFAULT 'reserved' NOT NULL,
	"send_at" timestamp with time zone NOT NULL,
	"send_by" timestamp with time zone NOT NULL,
	"sent_at" timestamp with time zone,
	"settled_at" timestamp with time zone,
	"outcome" text,
	"gateway_code" text,
	"http_status" integer,
	"latency_ms" integer,
	"response_bytes" integer,
	"rows_loaded" integer,
	"raw_id" bigint,
	CONSTRAINT "api_call_call_id_granted_at_pk" PRIMARY KEY("call_id","granted_at"),
	CONSTRAINT "api_call_lane" CHECK ("usage"."api_call"."lane" IN ('refresh', 'discovery', 'manual')),
	CONSTRAINT "api_call_state" CHECK ("usage"."api_call"."state" IN ('reserved', 'committed', 'refunded', 'unknown')),
	CONSTRAINT "api_call_outcome" CHECK ("usage"."api_call"."outcome" IN ('ok', 'business_error', 'gateway_error', 'transport_error', 'invalid_answer', 'not_sent'))
) PARTITION BY RANGE ("granted_at");
--> statement-breakpoint
CREATE TABLE "usage"."api_hold" (
	"api" text PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"held_at" timestamp with time zone NOT NULL,
	"held_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "usage"."in_flight" (
	"call_id" bigint PRIMARY KEY NOT NULL,
	"granted_at" timestamp with time zone NOT NULL,
	"app_key" text NOT NULL,
	"request_hash" "bytea",
	"run_id" bigint,
	"quota_period_ids" bigint[] NOT NULL,
	"send_by" timestamp with time zone NOT NULL,
	"sent_at" timestamp with time zone,
	CONSTRAINT "in_flight_twin" UNIQUE("app_key","request_hash")
);
--> statement-breakpoint
CREATE TABLE "usage"."ledger_clock" (
	"is_only_row" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"offset" interval DEFAULT '0' NOT NULL,
	CONSTRAINT "ledger_clock_one_row" CHECK ("usage"."ledger_clock"."is_only_row")
);
--> statement-breakpoint
CREATE TABLE "usage"."pace" (
	"app_key" text NOT NULL,
	"api" text NOT NULL,
	"next_slot_at" timestamp with time zone NOT NULL,
	CONSTRAINT "pace_app_key_api_pk" PRIMARY KEY("app_key","api")
);
--> statement-breakpoint
CREATE TABLE "usage"."quota_limit" (
	"limit_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "usage"."quota_limit_limit_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"app_key" text NOT NULL,
	"api" text NOT NULL,
	"period_kind" text NOT NULL,
	"call_limit" integer NOT NULL,
	"reset" text DEFAULT 'calendar' NOT NULL,
	"zone" text DEFAULT 'Asia/Shanghai' NOT NULL,
	"source" text NOT NULL,
	"is_assumed" boolean NOT NULL,
	"valid_from" timestamp with time zone NOT NULL,
	"valid_to" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "quota_limit_period_kind" CHECK ("usage"."quota_limit"."period_kind" IN ('second', 'minute', 'day', 'month')),
	CONSTRAINT "quota_limit_reset" CHECK ("usage"."quota_limit"."reset" IN ('calendar', 'rolling')),
	CONSTRAINT "quota_limit_source" CHECK ("usage"."quota_limit"."source" IN ('preset', 'configured', 'observed')),
	CONSTRAINT "quota_limit_call_limit" CHECK ("usage"."quota_limit"."call_limit" > 0 OR ("usage"."quota_limit"."call_limit" = 0 AND "usage"."quota_limit"."period_kind" <> 'second')),
	CONSTRAINT "quota_limit_validity" CHECK ("usage"."quota_limit"."valid_to" >= "usage"."quota_limit"."valid_from")
);
--> statement-breakpoint
CREATE TABLE "usage"."quota_period" (
	"period_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "usage"."quota_period_period_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"app_key" text NOT NULL,
	"api" text NOT NULL,
	"period_kind" text NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"call_limit" integer NOT NULL,
	"granted" integer DEFAULT 0 NOT NULL,
	"refunded" integer DEFAULT 0 NOT NULL,
	"unknown" integer DEFAULT 0 NOT NULL,
	"external" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "quota_period_span" UNIQUE("app_key","api","period_kind","ends_at","starts_at"),
	CONSTRAINT "quota_period_order" CHECK ("usage"."quota_period"."ends_at" > "usage"."quota_period"."starts_at"),
	CONSTRAINT "quota_period_counts" CHECK ("usage"."quota_period"."refunded" >= 0 AND "usage"."quota_period"."unknown" >= 0 AND "usage"."quota_period"."external" >= 0
        AND "usage"."quota_period"."granted" >= "usage"."quota_period"."refunded" + "usage"."quota_period"."unknown")
);
--> statement-breakpoint
CREATE INDEX "payload_request" ON "raw"."payload" USING btree ("request_hash","observed_at");--> statement-breakpoint
CREATE INDEX "payload_unloaded" ON "raw"."payload" USING btree ("raw_id") WHERE "raw"."payload"."loaded_at" IS NULL;--> statement-breakpoint
CREATE INDEX "api_call_run" ON "usage"."api_call" USING btree ("run_id","call_id");--> statement-breakpoint
CREATE INDEX "api_call_reserved" ON "usage"."api_call" USING btree ("run_id") WHERE "usage"."api_call"."state" = 'reserved';--> statement-breakpoint
CREATE UNIQUE INDEX "quota_limit_open" ON "usage"."quota_limit" USING btree ("app_key","api","period_kind") WHERE "usage"."quota_limit"."valid_to" IS NULL;--> statement-breakpoint
-- From here on by hand: what drizzle-kit can't say.
SELECT "sync"."ensure_partitions"(now(), 3);
--> statement-breakpoint
INSERT INTO "usage"."ledger_clock" DEFAULT VALUES;
--> statement-breakpoint
ALTER SEQUENCE "usage"."call_id_seq" OWNED BY "usage"."api_call"."call_id";--> statement-breakpoint
ALTER SEQUENCE "raw"."raw_id_seq" OWNED BY "raw"."payload"."raw_id";--> statement-breakpoint
-- Rows that every grant rewrites get room on their page, so that the new version stays beside the old one.
ALTER TABLE "usage"."quota_period" SET (fillfactor = 50);--> statement-breakpoint
ALTER TABLE "usage"."pace" SET (fillfactor = 50);--> statement-breakpoint
COMMENT ON TABLE "usage"."quota_limit" IS 'How many calls an app may make of an API within a window. The youngest row in effect rules.';
COMMENT ON COLUMN "usage"."quota_limit"."limit_id" IS 'Ours.';
COMMENT ON COLUMN "usage"."quota_limit"."app_key" IS 'App key.';
COMMENT ON COLUMN "usage"."quota_limit"."api" IS 'namespace:name:version, or * for the app as a whole.';
COMMENT ON COLUMN "usage"."quota_limit"."period_kind" IS 'second (a pace), minute, day or month.';
COMMENT ON COLUMN "usage"."quota_limit"."call_limit" IS 'Calls within the window.';
COMMENT ON COLUMN "usage"."quota_limit"."reset" IS 'calendar: starts anew with the minute, day or month of its zone; rolling: any stretch of that length (a month counts 31 days).';
COMMENT ON COLUMN "usage"."quota_limit"."zone" IS 'Where days and months begin (IANA name).';
COMMENT ON COLUMN "usage"."quota_limit"."source" IS 'preset (by account type), configured or observed.';
COMMENT ON COLUMN "usage"."quota_limit"."is_assumed" IS 'True until somebody confirms it.';
COMMENT ON COLUMN "usage"."quota_limit"."valid_from" IS 'From when it holds (ledger clock).';
COMMENT ON COLUMN "usage"."quota_limit"."valid_to" IS 'Until when, exclusive; null: still.';
COMMENT ON COLUMN "usage"."quota_limit"."created_at" IS 'When it was written (ledger clock).';
COMMENT ON TABLE "usage"."quota_period" IS 'What is counted of one window, or of one bucket of a rolling one. Written by usage.reserve, settle and sweep only.';
COMMENT ON COLUMN "usage"."quota_period"."period_id" IS 'Ours.';
COMMENT ON COLUMN "usage"."quota_period"."app_key" IS 'App key.';
COMMENT ON COLUMN "usage"."quota_period"."api" IS 'namespace:name:version, or * for the app as a whole.';
COMMENT ON COLUMN "usage"."quota_period"."period_kind" IS 'minute, day or month.';
COMMENT ON COLUMN "usage"."quota_period"."starts_at" IS 'Begin.';
COMMENT ON COLUMN "usage"."quota_period"."ends_at" IS 'End, exclusive.';
COMMENT ON COLUMN "usage"."quota_period"."call_limit" IS 'The limit at the latest grant; a grant beyond it is refused.';
COMMENT ON COLUMN "usage"."quota_period"."granted" IS 'Calls granted, refunded ones included. Used are granted - refunded + external.';
COMMENT ON COLUMN "usage"."quota_period"."refunded" IS 'Of these, calls of which no byte left.';
COMMENT ON COLUMN "usage"."quota_period"."unknown" IS 'Of these, calls whose end nobody knows; they stay counted.';
COMMENT ON COLUMN "usage"."quota_period"."external" IS 'Calls that others made with the same key.';
COMMENT ON TABLE "usage"."pace" IS 'When the next call may leave, so that no second holds too many.';
COMMENT ON COLUMN "usage"."pace"."app_key" IS 'App key.';
COMMENT ON COLUMN "usage"."pace"."api" IS 'namespace:name:version, or * for the app as a whole.';
COMMENT ON COLUMN "usage"."pace"."next_slot_at" IS 'The earliest time of the next call (ledger clock).';
COMMENT ON TABLE "usage"."api_call" IS 'One HTTP attempt. By month of its grant.';
COMMENT ON COLUMN "usage"."api_call"."call_id" IS 'Ours; the gateway gets it in the x-request-id header.';
COMMENT ON COLUMN "usage"."api_call"."granted_at" IS 'When the ledger let it go (ledger clock): the time of what it observed.';
COMMENT ON COLUMN "usage"."api_call"."app_key" IS 'App key.';
COMMENT ON COLUMN "usage"."api_call"."api" IS 'namespace:name:version.';
COMMENT ON COLUMN "usage"."api_call"."operation" IS 'What was asked for, by meaning.';
COMMENT ON COLUMN "usage"."api_call"."request" IS 'The request, without any token.';
COMMENT ON COLUMN "usage"."api_call"."request_hash" IS 'SHA-256 over API and business parameters: the same for identical requests.';
COMMENT ON COLUMN "usage"."api_call"."lane" IS 'refresh, discovery or manual.';
COMMENT ON COLUMN "usage"."api_call"."run_id" IS 'Run it belongs to (sync.run).';
COMMENT ON COLUMN "usage"."api_call"."job_id" IS 'Job that made it.';
COMMENT ON COLUMN "usage"."api_call"."window_id" IS 'Search window it belongs to (sync.search_window).';
COMMENT ON COLUMN "usage"."api_call"."is_exempt" IS 'True for calls that no limit counts (authorization).';
COMMENT ON COLUMN "usage"."api_call"."quota_period_ids" IS 'Windows it is counted in (usage.quota_period).';
COMMENT ON COLUMN "usage"."api_call"."state" IS 'reserved (in flight), committed (answered), refunded (never left) or unknown (may have left).';
COMMENT ON COLUMN "usage"."api_call"."send_at" IS 'When it may leave.';
COMMENT ON COLUMN "usage"."api_call"."send_by" IS 'When it must have left, or it is refunded.';
COMMENT ON COLUMN "usage"."api_call"."sent_at" IS 'When it left; set with its end.';
COMMENT ON COLUMN "usage"."api_call"."settled_at" IS 'When it ended.';
COMMENT ON COLUMN "usage"."api_call"."outcome" IS 'ok, business_error, gateway_error, transport_error, invalid_answer or not_sent; null: nobody knows.';
COMMENT ON COLUMN "usage"."api_call"."gateway_code" IS 'Error code of gateway or API.';
COMMENT ON COLUMN "usage"."api_call"."http_status" IS 'HTTP status.';
COMMENT ON COLUMN "usage"."api_call"."latency_ms" IS 'Milliseconds from sending to the whole answer.';
COMMENT ON COLUMN "usage"."api_call"."response_bytes" IS 'Bytes of the answer.';
COMMENT ON COLUMN "usage"."api_call"."rows_loaded" IS 'Catalog rows it brought.';
COMMENT ON COLUMN "usage"."api_call"."raw_id" IS 'Stored answer (soft reference to raw.payload).';
COMMENT ON TABLE "usage"."in_flight" IS 'Calls that are granted and not settled.';
COMMENT ON COLUMN "usage"."in_flight"."call_id" IS 'Call (usage.api_call).';
COMMENT ON COLUMN "usage"."in_flight"."granted_at" IS 'When it was granted.';
COMMENT ON COLUMN "usage"."in_flight"."app_key" IS 'App key.';
COMMENT ON COLUMN "usage"."in_flight"."request_hash" IS 'Keeps identical requests from being in flight twice; null: exempt.';
COMMENT ON COLUMN "usage"."in_flight"."run_id" IS 'Run whose budget counts it.';
COMMENT ON COLUMN "usage"."in_flight"."quota_period_ids" IS 'Windows it is counted in.';
COMMENT ON COLUMN "usage"."in_flight"."send_by" IS 'When it must have left.';
COMMENT ON COLUMN "usage"."in_flight"."sent_at" IS 'When it was told to leave; null: not yet.';
COMMENT ON TABLE "usage"."api_hold" IS 'APIs that may not be called for now.';
COMMENT ON COLUMN "usage"."api_hold"."api" IS 'namespace:name:version, or * for all.';
COMMENT ON COLUMN "usage"."api_hold"."code" IS 'Error code that caused it.';
COMMENT ON COLUMN "usage"."api_hold"."held_at" IS 'Since when (ledger clock).';
COMMENT ON COLUMN "usage"."api_hold"."held_until" IS 'Until when; null: until somebody resumes it.';
COMMENT ON TABLE "usage"."ledger_clock" IS 'One row: how far the ledger clock is ahead of the real one.';
COMMENT ON COLUMN "usage"."ledger_clock"."is_only_row" IS 'Always true.';
COMMENT ON COLUMN "usage"."ledger_clock"."offset" IS 'Zero in live databases; moved with the sandboxs clock in others.';
COMMENT ON TABLE "raw"."payload" IS 'One answer of 1688, byte by byte. By month of its storing.';
COMMENT ON COLUMN "raw"."payload"."raw_id" IS 'Ours.';
COMMENT ON COLUMN "raw"."payload"."stored_at" IS 'When it was stored (ledger clock).';
COMMENT ON COLUMN "raw"."payload"."call_id" IS 'Call that brought it (soft reference).';
COMMENT ON COLUMN "raw"."payload"."run_id" IS 'Run of that call.';
COMMENT ON COLUMN "raw"."payload"."window_id" IS 'Search window of that call.';
COMMENT ON COLUMN "raw"."payload"."operation" IS 'Operation of that call.';
COMMENT ON COLUMN "raw"."payload"."request" IS 'What was asked for, without any token.';
COMMENT ON COLUMN "raw"."payload"."request_hash" IS 'The same for identical requests.';
COMMENT ON COLUMN "raw"."payload"."observed_at" IS 'When the call was granted: the time of what it shows.';
COMMENT ON COLUMN "raw"."payload"."http_status" IS 'HTTP status.';
COMMENT ON COLUMN "raw"."payload"."body" IS 'The body, gzipped.';
COMMENT ON COLUMN "raw"."payload"."body_bytes" IS 'Its length as it came.';
COMMENT ON COLUMN "raw"."payload"."body_sha256" IS 'SHA-256 of the body as it came.';
COMMENT ON COLUMN "raw"."payload"."loaded_at" IS 'When it went into the catalog; null: not yet.';
COMMENT ON COLUMN "raw"."payload"."normalizer_version" IS 'Version of the code that read it.';
