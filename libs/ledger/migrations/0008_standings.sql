CREATE TABLE "plan_marks" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "plan_marks_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"plan_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "plan_standings" (
	"plan_id" uuid PRIMARY KEY NOT NULL,
	"last_tick_at" timestamp (3) with time zone,
	"ended_run_id" uuid,
	"ended_state" "run_state",
	"ended_for" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"ended_reason" text,
	"last_state" "run_state",
	"last_reason" text,
	"last_ended_at" timestamp (3) with time zone,
	"complete_at" timestamp (3) with time zone,
	"good_snapshot" text,
	"good_at" timestamp (3) with time zone,
	"least_snapshot" text,
	"least_at" timestamp (3) with time zone,
	"least_verified_at" timestamp (3) with time zone,
	"newest_snapshot" text,
	"newest_at" timestamp (3) with time zone,
	"newest_files" double precision,
	"newest_bytes" double precision,
	"newest_stored_files" double precision,
	"history" integer NOT NULL,
	"usual_files" double precision,
	"usual_bytes" double precision,
	"usual_changed_share" double precision
);
--> statement-breakpoint
CREATE FUNCTION "mark_plans_of_added_runs"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO plan_marks (plan_id) SELECT DISTINCT plan_id FROM added WHERE kind = 'backup';
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION "mark_plans_of_added_snapshots"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO plan_marks (plan_id) SELECT DISTINCT plan_id FROM added;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION "mark_added_plans"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO plan_marks (plan_id) SELECT id FROM added;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION "mark_plan"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO plan_marks (plan_id) VALUES (CASE TG_OP WHEN 'DELETE' THEN old.plan_id ELSE new.plan_id END);
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "plans_added" AFTER INSERT ON "plans" REFERENCING NEW TABLE AS added
	FOR EACH STATEMENT EXECUTE FUNCTION mark_added_plans();
--> statement-breakpoint
CREATE TRIGGER "runs_added" AFTER INSERT ON "runs" REFERENCING NEW TABLE AS added
	FOR EACH STATEMENT EXECUTE FUNCTION mark_plans_of_added_runs();
--> statement-breakpoint
CREATE TRIGGER "runs_ended" AFTER UPDATE ON "runs" FOR EACH ROW
	WHEN (new.kind = 'backup'
		AND (old.state IN ('committed', 'partial', 'failed', 'missed') OR new.state IN ('committed', 'partial', 'failed', 'missed'))
		AND (old.state, old.reason, old.scheduled_for, old.finished_at) IS DISTINCT FROM (new.state, new.reason, new.scheduled_for, new.finished_at))
	EXECUTE FUNCTION mark_plan();
--> statement-breakpoint
CREATE TRIGGER "runs_removed" AFTER DELETE ON "runs" FOR EACH ROW
	WHEN (old.kind = 'backup') EXECUTE FUNCTION mark_plan();
--> statement-breakpoint
CREATE TRIGGER "snapshots_added" AFTER INSERT ON "snapshots" REFERENCING NEW TABLE AS added
	FOR EACH STATEMENT EXECUTE FUNCTION mark_plans_of_added_snapshots();
--> statement-breakpoint
CREATE TRIGGER "snapshots_changed" AFTER UPDATE ON "snapshots" FOR EACH ROW
	WHEN (old.* IS DISTINCT FROM new.*) EXECUTE FUNCTION mark_plan();
--> statement-breakpoint
CREATE TRIGGER "snapshots_removed" AFTER DELETE ON "snapshots" FOR EACH ROW EXECUTE FUNCTION mark_plan();
--> statement-breakpoint
INSERT INTO "plan_marks" ("plan_id") SELECT "id" FROM "plans";
