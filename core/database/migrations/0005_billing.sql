CREATE TABLE "billing_cursors" (
	"name" text PRIMARY KEY NOT NULL,
	"position" text NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "billing_customers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid,
	"organisation_id" uuid,
	"provider" text NOT NULL,
	"provider_id" text,
	"default_method_id" text,
	"country" text,
	"email" text NOT NULL,
	"checkout_token" text,
	"checkout_until" timestamp (3) with time zone,
	"deleted_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_customers_one" CHECK (num_nonnulls("billing_customers"."user_id", "billing_customers"."organisation_id") = 1)
);
--> statement-breakpoint
CREATE TABLE "billing_effects" (
	"provider" text NOT NULL,
	"object_id" text NOT NULL,
	"effect" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"waits_for" text,
	"event" jsonb,
	CONSTRAINT "billing_effects_provider_object_id_effect_pk" PRIMARY KEY("provider","object_id","effect")
);
--> statement-breakpoint
CREATE TABLE "billing_operations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"customer_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"idempotency_key" text NOT NULL,
	"request_hash" text NOT NULL,
	"request" jsonb,
	"state" text NOT NULL,
	"result" jsonb,
	"checkout" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	"settled_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "disputes" (
	"provider" text NOT NULL,
	"id" text NOT NULL,
	"payment_id" text NOT NULL,
	"status" text NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"reason" text NOT NULL,
	"evidence_due_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"synced_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "disputes_provider_id_pk" PRIMARY KEY("provider","id")
);
--> statement-breakpoint
CREATE TABLE "dunning_cases" (
	"id" uuid PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"invoice_id" text NOT NULL,
	"subscription_id" text NOT NULL,
	"provider_customer_id" text NOT NULL,
	"stage" text NOT NULL,
	"retries" integer NOT NULL,
	"reminders" integer NOT NULL,
	"stage_notices" integer NOT NULL,
	"stage_at" timestamp (3) with time zone NOT NULL,
	"provider_retries" boolean NOT NULL,
	"canceling" boolean NOT NULL,
	"pending_call" text,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"deadline_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "dunning_steps" (
	"case_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"step" text NOT NULL,
	"stage" text NOT NULL,
	"because" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "dunning_steps_case_id_position_pk" PRIMARY KEY("case_id","position")
);
--> statement-breakpoint
CREATE TABLE "invoice_lines" (
	"provider" text NOT NULL,
	"invoice_id" text NOT NULL,
	"id" text NOT NULL,
	"position" integer NOT NULL,
	"description" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"tax_minor" bigint NOT NULL,
	"quantity" bigint,
	"price_id" text,
	"period_start" timestamp (3) with time zone NOT NULL,
	"period_end" timestamp (3) with time zone NOT NULL,
	"proration" boolean NOT NULL,
	"meter" text,
	CONSTRAINT "invoice_lines_provider_invoice_id_id_pk" PRIMARY KEY("provider","invoice_id","id")
);
--> statement-breakpoint
CREATE TABLE "invoices" (
	"provider" text NOT NULL,
	"id" text NOT NULL,
	"number" text,
	"provider_customer_id" text NOT NULL,
	"subscription_id" text,
	"status" text NOT NULL,
	"reason" text NOT NULL,
	"currency" text NOT NULL,
	"subtotal_minor" bigint NOT NULL,
	"tax_minor" bigint NOT NULL,
	"total_minor" bigint NOT NULL,
	"amount_due_minor" bigint NOT NULL,
	"amount_paid_minor" bigint NOT NULL,
	"amount_remaining_minor" bigint NOT NULL,
	"credit_applied_minor" bigint NOT NULL,
	"credit_notes_minor" bigint NOT NULL,
	"paid_out_of_band" boolean NOT NULL,
	"attempt_count" integer NOT NULL,
	"next_attempt_at" timestamp (3) with time zone,
	"last_failure" jsonb,
	"payments" jsonb NOT NULL,
	"hosted_url" text,
	"pdf_url" text,
	"period_start" timestamp (3) with time zone NOT NULL,
	"period_end" timestamp (3) with time zone NOT NULL,
	"due_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"finalized_at" timestamp (3) with time zone,
	"paid_at" timestamp (3) with time zone,
	"deleted_at" timestamp (3) with time zone,
	"synced_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "invoices_provider_id_pk" PRIMARY KEY("provider","id")
);
--> statement-breakpoint
CREATE TABLE "ledger_balances" (
	"account" text NOT NULL,
	"party" text NOT NULL,
	"currency" text NOT NULL,
	"balance_minor" bigint NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "ledger_balances_account_party_currency_pk" PRIMARY KEY("account","party","currency")
);
--> statement-breakpoint
CREATE TABLE "ledger_entries" (
	"transaction_id" uuid NOT NULL,
	"account" text NOT NULL,
	"party" text NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	CONSTRAINT "ledger_entries_transaction_id_account_party_currency_pk" PRIMARY KEY("transaction_id","account","party","currency")
);
--> statement-breakpoint
CREATE TABLE "ledger_transactions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"source" text NOT NULL,
	"sequence" integer NOT NULL,
	"description" text NOT NULL,
	"entry_count" integer NOT NULL,
	"balance" jsonb NOT NULL,
	"effective_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"organisation_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "memberships_organisation_id_user_id_pk" PRIMARY KEY("organisation_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "organisations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payee_transfers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"customer_id" uuid NOT NULL,
	"provider" text NOT NULL,
	"account_id" text NOT NULL,
	"idempotency_key" text NOT NULL,
	"provider_id" text,
	"state" text NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"reversed_minor" bigint NOT NULL,
	"refusal" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "payee_transfers_positive" CHECK ("payee_transfers"."amount_minor" > 0)
);
--> statement-breakpoint
CREATE TABLE "payees" (
	"customer_id" uuid PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"account_id" text,
	"former_account_ids" text[] DEFAULT '{}' NOT NULL,
	"country" text NOT NULL,
	"payouts_enabled" boolean NOT NULL,
	"requirements" text[] NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"synced_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "payment_attempts" (
	"provider" text NOT NULL,
	"payment_id" text NOT NULL,
	"id" text NOT NULL,
	"status" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"failure_code" text,
	"failure_message" text,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "payment_attempts_provider_payment_id_id_pk" PRIMARY KEY("provider","payment_id","id")
);
--> statement-breakpoint
CREATE TABLE "payment_methods" (
	"provider" text NOT NULL,
	"id" text NOT NULL,
	"provider_customer_id" text,
	"type" text NOT NULL,
	"brand" text,
	"last4" text,
	"expiry_month" integer,
	"expiry_year" integer,
	"synced_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "payment_methods_provider_id_pk" PRIMARY KEY("provider","id")
);
--> statement-breakpoint
CREATE TABLE "payments" (
	"provider" text NOT NULL,
	"id" text NOT NULL,
	"provider_customer_id" text,
	"invoice_id" text,
	"status" text NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"amount_captured_minor" bigint NOT NULL,
	"amount_refunded_minor" bigint NOT NULL,
	"disputed" boolean NOT NULL,
	"method_id" text,
	"receipt_url" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"synced_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "payments_provider_id_pk" PRIMARY KEY("provider","id")
);
--> statement-breakpoint
CREATE TABLE "payouts" (
	"provider" text NOT NULL,
	"id" text NOT NULL,
	"account_id" text NOT NULL,
	"status" text NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"failure_code" text,
	"arrival_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"synced_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "payouts_provider_id_pk" PRIMARY KEY("provider","id")
);
--> statement-breakpoint
CREATE TABLE "plan_features" (
	"provider" text NOT NULL,
	"plan_id" text NOT NULL,
	"feature" text NOT NULL,
	CONSTRAINT "plan_features_provider_plan_id_feature_pk" PRIMARY KEY("provider","plan_id","feature")
);
--> statement-breakpoint
CREATE TABLE "plan_prices" (
	"provider" text NOT NULL,
	"id" text NOT NULL,
	"plan_id" text NOT NULL,
	"price_key" text,
	"currency" text NOT NULL,
	"unit_amount_minor" bigint,
	"unit_amount_decimal" text,
	"interval" text,
	"interval_count" integer NOT NULL,
	"meter" text,
	"trial_days" integer,
	"other_currencies" jsonb NOT NULL,
	"active" boolean NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	"synced_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "plan_prices_provider_id_pk" PRIMARY KEY("provider","id")
);
--> statement-breakpoint
CREATE TABLE "plans" (
	"provider" text NOT NULL,
	"id" text NOT NULL,
	"plan_key" text,
	"name" text NOT NULL,
	"description" text NOT NULL,
	"audience" text NOT NULL,
	"rank" integer NOT NULL,
	"active" boolean NOT NULL,
	"livemode" boolean NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	"synced_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "plans_provider_id_pk" PRIMARY KEY("provider","id")
);
--> statement-breakpoint
CREATE TABLE "refunds" (
	"provider" text NOT NULL,
	"id" text NOT NULL,
	"payment_id" text NOT NULL,
	"idempotency_key" text,
	"status" text NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"reason" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"synced_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "refunds_provider_id_pk" PRIMARY KEY("provider","id"),
	CONSTRAINT "refunds_positive" CHECK ("refunds"."amount_minor" > 0)
);
--> statement-breakpoint
CREATE TABLE "revenue_days" (
	"day" date NOT NULL,
	"currency" text NOT NULL,
	"gross_minor" bigint NOT NULL,
	"refunds_minor" bigint NOT NULL,
	"disputes_minor" bigint NOT NULL,
	"fees_minor" bigint NOT NULL,
	"tax_minor" bigint NOT NULL,
	"mrr_minor" bigint NOT NULL,
	"active_subscriptions" integer NOT NULL,
	"active_customers" integer NOT NULL,
	"started_subscriptions" integer NOT NULL,
	"ended_subscriptions" integer NOT NULL,
	"computed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "revenue_days_day_currency_pk" PRIMARY KEY("day","currency")
);
--> statement-breakpoint
CREATE TABLE "subscriptions" (
	"provider" text NOT NULL,
	"id" text NOT NULL,
	"provider_customer_id" text NOT NULL,
	"status" text NOT NULL,
	"currency" text NOT NULL,
	"items" jsonb NOT NULL,
	"cancel_at_period_end" boolean NOT NULL,
	"cancel_at" timestamp (3) with time zone,
	"canceled_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"trial_end" timestamp (3) with time zone,
	"started_at" timestamp (3) with time zone NOT NULL,
	"period_end" timestamp (3) with time zone NOT NULL,
	"latest_invoice_id" text,
	"pending" jsonb,
	"synced_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "subscriptions_provider_id_pk" PRIMARY KEY("provider","id")
);
--> statement-breakpoint
CREATE TABLE "usage_event_keys" (
	"tenant" uuid NOT NULL,
	"source" text NOT NULL,
	"event_id" text NOT NULL,
	"payload_hash" text NOT NULL,
	CONSTRAINT "usage_event_keys_tenant_source_event_id_pk" PRIMARY KEY("tenant","source","event_id")
);
--> statement-breakpoint
CREATE TABLE "usage_events" (
	"sequence" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "usage_events_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"tenant" uuid NOT NULL,
	"source" text NOT NULL,
	"event_id" text NOT NULL,
	"meter" text NOT NULL,
	"quantity" numeric(30, 9) NOT NULL,
	"subject" text,
	"dimensions" jsonb,
	"at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	"counted_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "usage_reports" (
	"identifier" text PRIMARY KEY NOT NULL,
	"tenant" uuid NOT NULL,
	"meter" text NOT NULL,
	"hour" timestamp (3) with time zone NOT NULL,
	"quantity" numeric(30, 9) NOT NULL,
	"kind" text NOT NULL,
	"invoice_id" text,
	"state" text NOT NULL,
	"refusal" text,
	"provider" text NOT NULL,
	"provider_customer_id" text NOT NULL,
	"subscription_id" text NOT NULL,
	"from_hour" timestamp (3) with time zone NOT NULL,
	"currency" text,
	"amount_minor" bigint,
	"created_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "usage_rollups" (
	"tenant" uuid NOT NULL,
	"meter" text NOT NULL,
	"hour" timestamp (3) with time zone NOT NULL,
	"quantity" numeric(30, 9) NOT NULL,
	"events" integer NOT NULL,
	"reported_quantity" numeric(30, 9) NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "usage_rollups_tenant_meter_hour_pk" PRIMARY KEY("tenant","meter","hour")
);
--> statement-breakpoint
CREATE TABLE "webhook_inbox" (
	"id" uuid PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"dedupe_id" text NOT NULL,
	"event_id" text NOT NULL,
	"type" text NOT NULL,
	"object_kind" text,
	"object_id" text,
	"account_id" text,
	"livemode" boolean NOT NULL,
	"source" text NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"available_at" timestamp (3) with time zone NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"lease_token" text,
	"last_error" text,
	"payload" jsonb,
	"payload_hash" text NOT NULL,
	"note" text,
	"noted_by" text,
	"noted_at" timestamp (3) with time zone,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	"settled_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "webhook_objects" (
	"provider" text NOT NULL,
	"object_id" text NOT NULL,
	"lease_token" text NOT NULL,
	"lease_until" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "webhook_objects_provider_object_id_pk" PRIMARY KEY("provider","object_id")
);
--> statement-breakpoint
DROP INDEX "titles_public";--> statement-breakpoint
DROP INDEX "videos_public";--> statement-breakpoint
ALTER TABLE "billing_customers" ADD CONSTRAINT "billing_customers_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing_customers" ADD CONSTRAINT "billing_customers_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dunning_steps" ADD CONSTRAINT "dunning_steps_case_id_dunning_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."dunning_cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_transaction_id_ledger_transactions_id_fk" FOREIGN KEY ("transaction_id") REFERENCES "public"."ledger_transactions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "billing_customers_of_user" ON "billing_customers" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_customers_of_organisation" ON "billing_customers" USING btree ("organisation_id");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_customers_at_provider" ON "billing_customers" USING btree ("provider","provider_id");--> statement-breakpoint
CREATE INDEX "billing_effects_waiting" ON "billing_effects" USING btree ("provider","waits_for") WHERE waits_for is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "billing_operations_once" ON "billing_operations" USING btree ("customer_id","kind","idempotency_key");--> statement-breakpoint
CREATE INDEX "disputes_of_payment" ON "disputes" USING btree ("provider","payment_id");--> statement-breakpoint
CREATE UNIQUE INDEX "dunning_cases_of_invoice" ON "dunning_cases" USING btree ("provider","invoice_id");--> statement-breakpoint
CREATE INDEX "dunning_cases_of_subscription" ON "dunning_cases" USING btree ("provider","subscription_id");--> statement-breakpoint
CREATE INDEX "dunning_cases_of_customer" ON "dunning_cases" USING btree ("provider","provider_customer_id");--> statement-breakpoint
CREATE INDEX "dunning_cases_due" ON "dunning_cases" USING btree ("deadline_at") WHERE deadline_at is not null;--> statement-breakpoint
CREATE INDEX "invoices_of_customer" ON "invoices" USING btree ("provider","provider_customer_id","created_at","id");--> statement-breakpoint
CREATE INDEX "invoices_of_subscription" ON "invoices" USING btree ("provider","subscription_id");--> statement-breakpoint
CREATE INDEX "ledger_entries_of_account" ON "ledger_entries" USING btree ("account","party","currency");--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_transactions_once" ON "ledger_transactions" USING btree ("provider","source","sequence");--> statement-breakpoint
CREATE INDEX "ledger_transactions_by_time" ON "ledger_transactions" USING btree ("effective_at");--> statement-breakpoint
CREATE INDEX "memberships_of_user" ON "memberships" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "payee_transfers_at_provider" ON "payee_transfers" USING btree ("provider","provider_id");--> statement-breakpoint
CREATE UNIQUE INDEX "payee_transfers_once" ON "payee_transfers" USING btree ("customer_id","idempotency_key");--> statement-breakpoint
CREATE INDEX "payee_transfers_asked" ON "payee_transfers" USING btree ("updated_at") WHERE state = 'asked';--> statement-breakpoint
CREATE INDEX "payee_transfers_of_payee" ON "payee_transfers" USING btree ("customer_id","created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "payees_at_provider" ON "payees" USING btree ("provider","account_id");--> statement-breakpoint
CREATE INDEX "payment_methods_of_customer" ON "payment_methods" USING btree ("provider","provider_customer_id");--> statement-breakpoint
CREATE INDEX "payments_of_customer" ON "payments" USING btree ("provider","provider_customer_id","created_at","id");--> statement-breakpoint
CREATE INDEX "payments_of_invoice" ON "payments" USING btree ("provider","invoice_id");--> statement-breakpoint
CREATE INDEX "payouts_of_account" ON "payouts" USING btree ("provider","account_id","created_at","id");--> statement-breakpoint
CREATE INDEX "plan_prices_of_plan" ON "plan_prices" USING btree ("provider","plan_id");--> statement-breakpoint
CREATE UNIQUE INDEX "refunds_once" ON "refunds" USING btree ("provider","payment_id","idempotency_key");--> statement-breakpoint
CREATE INDEX "subscriptions_of_customer" ON "subscriptions" USING btree ("provider","provider_customer_id");--> statement-breakpoint
CREATE INDEX "usage_events_uncounted" ON "usage_events" USING btree ("sequence") WHERE counted_at is null;--> statement-breakpoint
CREATE INDEX "usage_events_of_hour" ON "usage_events" USING btree ("tenant","meter","at");--> statement-breakpoint
CREATE INDEX "usage_events_of_player" ON "usage_events" USING btree ("subject") WHERE source = 'playback';--> statement-breakpoint
CREATE INDEX "usage_reports_waiting" ON "usage_reports" USING btree ("created_at") WHERE state = 'asked';--> statement-breakpoint
CREATE INDEX "usage_reports_troubled" ON "usage_reports" USING btree ("created_at") WHERE state in ('refused', 'unknown');--> statement-breakpoint
CREATE INDEX "usage_reports_of_hour" ON "usage_reports" USING btree ("tenant","meter","hour");--> statement-breakpoint
CREATE INDEX "usage_rollups_unreported" ON "usage_rollups" USING btree ("tenant","meter","hour") WHERE quantity > reported_quantity;--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_inbox_once" ON "webhook_inbox" USING btree ("provider","dedupe_id");--> statement-breakpoint
CREATE INDEX "webhook_inbox_waiting" ON "webhook_inbox" USING btree ("available_at","id") WHERE state in ('received', 'leased');--> statement-breakpoint
CREATE INDEX "webhook_inbox_of_object" ON "webhook_inbox" USING btree ("provider","object_id") WHERE state in ('received', 'leased');--> statement-breakpoint
CREATE INDEX "webhook_inbox_troubled" ON "webhook_inbox" USING btree ("received_at") WHERE state in ('dead', 'quarantined');--> statement-breakpoint
CREATE INDEX "webhook_inbox_by_age" ON "webhook_inbox" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "titles_public" ON "titles" USING btree ("id") WHERE visibility in ('public', 'subscribers');--> statement-breakpoint
CREATE INDEX "videos_public" ON "videos" USING btree ("id") WHERE deleted_at is null and visibility in ('public', 'subscribers') and status in ('playable', 'ready');--> statement-breakpoint
CREATE OR REPLACE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only: book the difference instead'
    USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
END
$$;
--> statement-breakpoint
CREATE TRIGGER ledger_transactions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transactions
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
--> statement-breakpoint
CREATE TRIGGER ledger_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
--> statement-breakpoint
CREATE OR REPLACE FUNCTION ledger_check_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  booked uuid;
  promised integer;
  counted integer;
BEGIN
  IF TG_TABLE_NAME = 'ledger_transactions' THEN
    booked := NEW.id;
  ELSE
    booked := NEW.transaction_id;
  END IF;
  SELECT entry_count INTO promised FROM ledger_transactions WHERE id = booked;
  SELECT count(*) INTO counted FROM ledger_entries WHERE transaction_id = booked;
  IF counted < 2 OR counted <> promised THEN
    RAISE EXCEPTION 'ledger transaction % has % entries and not %', booked, counted, promised
      USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  IF EXISTS (
    SELECT 1 FROM ledger_entries WHERE transaction_id = booked GROUP BY currency HAVING sum(amount_minor) <> 0
  ) THEN
    RAISE EXCEPTION 'ledger transaction % does not sum to zero in each currency', booked
      USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER ledger_transactions_balance AFTER INSERT ON ledger_transactions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_balance();
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER ledger_entries_balance AFTER INSERT ON ledger_entries
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_balance();
