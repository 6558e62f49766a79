CREATE TYPE "public"."after_transmit" AS ENUM('keep', 'copy', 'move');--> statement-breakpoint
CREATE TYPE "public"."run_kind" AS ENUM('backup', 'restore', 'verify', 'prune', 'drill');--> statement-breakpoint
CREATE TYPE "public"."run_state" AS ENUM('waiting', 'queued', 'running', 'committed', 'partial', 'failed', 'cancelled', 'missed');--> statement-breakpoint
CREATE TYPE "public"."run_trigger" AS ENUM('schedule', 'manual');--> statement-breakpoint
CREATE TABLE "agents" (
	"id" text PRIMARY KEY NOT NULL,
	"hostname" text NOT NULL,
	"version" text NOT NULL,
	"first_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "plans" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"agent_id" text NOT NULL,
	"source_dir" text NOT NULL,
	"excludes" jsonb NOT NULL,
	"after_transmit" "after_transmit" NOT NULL,
	"backup_dir" text,
	"schedule" jsonb NOT NULL,
	"vault_id" uuid NOT NULL,
	"paused_at" timestamp (3) with time zone,
	"deleted_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"due_from" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "receiver_settings" (
	"receiver_id" text PRIMARY KEY NOT NULL,
	"max_clients" integer NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "run_problems" (
	"run_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"path" text NOT NULL,
	"code" text NOT NULL,
	"message" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "run_requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"plan_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"requested_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"plan_id" uuid NOT NULL,
	"agent_id" text NOT NULL,
	"kind" "run_kind" DEFAULT 'backup' NOT NULL,
	"trigger" "run_trigger" NOT NULL,
	"state" "run_state" NOT NULL,
	"reason" text,
	"scheduled_for" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"not_before" timestamp (3) with time zone,
	"queued_at" timestamp (3) with time zone,
	"started_at" timestamp (3) with time zone,
	"connected_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"alive_at" timestamp (3) with time zone,
	"cancel_requested_at" timestamp (3) with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"epoch" bigint DEFAULT 0 NOT NULL,
	"receiver_id" text,
	"snapshot" text,
	"entries" bigint DEFAULT 0 NOT NULL,
	"files" bigint DEFAULT 0 NOT NULL,
	"bytes_read" bigint DEFAULT 0 NOT NULL,
	"bytes_sent_before" bigint DEFAULT 0 NOT NULL,
	"bytes_sent" bigint DEFAULT 0 NOT NULL,
	"bytes_stored" bigint DEFAULT 0 NOT NULL,
	"files_failed" bigint DEFAULT 0 NOT NULL,
	"error" jsonb,
	"receipt" jsonb
);
--> statement-breakpoint
CREATE TABLE "snapshots" (
	"id" uuid PRIMARY KEY NOT NULL,
	"plan_id" uuid NOT NULL,
	"vault_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"snapshot" text NOT NULL,
	"previous" text,
	"manifest_digest" text NOT NULL,
	"counts" jsonb NOT NULL,
	"committed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "vaults" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"layout" text NOT NULL,
	"public_key" text NOT NULL,
	"first_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "plans_agent_name" ON "plans" USING btree ("agent_id","name");--> statement-breakpoint
CREATE INDEX "plans_live" ON "plans" USING btree ("id") WHERE deleted_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "run_problems_key" ON "run_problems" USING btree ("run_id","position");--> statement-breakpoint
CREATE INDEX "run_requests_run" ON "run_requests" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "run_requests_at" ON "run_requests" USING btree ("requested_at");--> statement-breakpoint
CREATE UNIQUE INDEX "runs_tick" ON "runs" USING btree ("plan_id","kind","scheduled_for") WHERE trigger = 'schedule';--> statement-breakpoint
CREATE UNIQUE INDEX "runs_one_active" ON "runs" USING btree ("plan_id","kind") WHERE state in ('queued', 'running');--> statement-breakpoint
CREATE UNIQUE INDEX "runs_one_waiting" ON "runs" USING btree ("plan_id","kind") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "runs_open" ON "runs" USING btree ("state","scheduled_for") WHERE state in ('waiting', 'queued', 'running');--> statement-breakpoint
CREATE INDEX "runs_by_time" ON "runs" USING btree ("scheduled_for" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "runs_by_plan" ON "runs" USING btree ("plan_id","scheduled_for" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "runs_by_state" ON "runs" USING btree ("state","scheduled_for" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "runs_by_plan_state" ON "runs" USING btree ("plan_id","state","scheduled_for" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "runs_by_rare_kind" ON "runs" USING btree ("kind","scheduled_for" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE kind <> 'backup';--> statement-breakpoint
CREATE UNIQUE INDEX "snapshots_run" ON "snapshots" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "snapshots_by_plan" ON "snapshots" USING btree ("plan_id","committed_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "snapshots_by_time" ON "snapshots" USING btree ("committed_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "snapshots_by_vault" ON "snapshots" USING btree ("vault_id");