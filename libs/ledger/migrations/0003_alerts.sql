CREATE TABLE "alert_channels" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"settings" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "alert_deliveries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"channel_id" uuid NOT NULL,
	"channel_name" text NOT NULL,
	"what" text NOT NULL,
	"message" jsonb NOT NULL,
	"plan_id" uuid,
	"run_id" uuid,
	"ping_event" text,
	"state" text DEFAULT 'pending' NOT NULL,
	"attempts" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"attempt_count" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"next_attempt_at" timestamp (3) with time zone NOT NULL,
	"leased_until" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "alert_notices" (
	"alert_id" uuid NOT NULL,
	"channel_id" uuid NOT NULL,
	"said" text NOT NULL,
	"severity" text NOT NULL,
	"said_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "alert_rules" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"kinds" jsonb NOT NULL,
	"plan_ids" jsonb,
	"channel_ids" jsonb,
	"min_severity" text NOT NULL,
	"repeat_seconds" integer,
	"grouping_seconds" integer NOT NULL,
	"thresholds" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "alert_states" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"subject_name" text NOT NULL,
	"plan_id" uuid,
	"severity" text NOT NULL,
	"what" text NOT NULL,
	"advice" text NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"calm_since" timestamp (3) with time zone,
	"resolved_at" timestamp (3) with time zone,
	"resolution" text
);
--> statement-breakpoint
CREATE TABLE "alert_tests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"channel_id" uuid NOT NULL,
	"requested_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "alert_channels_name" ON "alert_channels" USING btree ("name");--> statement-breakpoint
CREATE INDEX "alert_deliveries_pending" ON "alert_deliveries" USING btree ("next_attempt_at") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "alert_deliveries_by_time" ON "alert_deliveries" USING btree ("created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE UNIQUE INDEX "alert_deliveries_ping" ON "alert_deliveries" USING btree ("channel_id","run_id","ping_event") WHERE what = 'ping';--> statement-breakpoint
CREATE UNIQUE INDEX "alert_notices_key" ON "alert_notices" USING btree ("alert_id","channel_id");--> statement-breakpoint
CREATE UNIQUE INDEX "alert_rules_name" ON "alert_rules" USING btree ("name");--> statement-breakpoint
CREATE UNIQUE INDEX "alert_states_open" ON "alert_states" USING btree ("kind","subject") WHERE resolved_at is null;--> statement-breakpoint
CREATE INDEX "alert_states_resolved" ON "alert_states" USING btree ("resolved_at");--> statement-breakpoint
CREATE INDEX "snapshots_damaged" ON "snapshots" USING btree ("plan_id") WHERE damages is not null and removed_at is null;--> statement-breakpoint
INSERT INTO "alert_rules" ("id", "name", "kinds", "min_severity", "repeat_seconds", "grouping_seconds", "thresholds") VALUES ('00000000-0000-4000-8000-0000000a1e27', 'Everything that wants attention', '["plan-health", "run-failed", "run-partial", "run-missed", "snapshot-shrank", "snapshot-grew", "snapshot-changed", "verification-failed", "vault-space-low", "agent-silent", "receiver-gone"]', 'warning', 86400, 60, '{}');
