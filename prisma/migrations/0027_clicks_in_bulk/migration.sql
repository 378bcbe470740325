-- What a click cost in the database was mostly the beginning and ending of a dozen small statements (0025_votes_beside). Clicks that share a
-- transaction now share the statements, too: one for all of a kind.

-- Appends records to the audit chain, in this order, and answers them. As "append_audit" was (0002_audit_chain): a function, and volatile, so
-- that the last record is read after the lock was had.
CREATE FUNCTION "append_audits"("texts" TEXT[]) RETURNS SETOF "AuditRecord"
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  last "AuditRecord";
  records "AuditRecord"[] := '{}';
  one TEXT;
BEGIN
  PERFORM pg_advisory_xact_lock(7331, 1);
  SELECT * INTO last FROM "AuditRecord" ORDER BY "seq" DESC LIMIT 1;
  FOREACH one IN ARRAY "texts" LOOP
    last."previous" := coalesce(last."hash", repeat('0', 64));
    last."seq" := coalesce(last."seq", 0) + 1;
    last."body" := one;
    last."hash" := encode(sha256(convert_to(last."previous" || one, 'UTF8')), 'hex');
    records := records || last;
  END LOOP;
  RETURN QUERY
    INSERT INTO "AuditRecord" ("seq", "body", "previous", "hash") SELECT r."seq", r."body", r."previous", r."hash" FROM unnest(records) AS r
    RETURNING *;
END
$$;

CREATE OR REPLACE FUNCTION "append_audit"("text" TEXT) RETURNS "AuditRecord"
LANGUAGE sql VOLATILE
AS $$
  SELECT * FROM "append_audits"(ARRAY["text"])
$$;

-- Saves clicks that change nothing but their change, each of another change; answers the changes that were saved. Of any other click nothing
-- was done: its delivery has had its effect, its change is no longer as it was read, or somebody else holds it.
-- The order of locks is that of the long way: deliveries, changes, posts, audit chain, and each kind in the order of its keys. A change
-- that is held is passed over, so that no click waits for another one's change; what else one click waits for, the others wait for a second at
-- most: then nothing was done, and each goes the long way by itself.
-- Every row is looked up by its key: the planner does not know how few they are, and would read whole tables instead.
CREATE OR REPLACE FUNCTION "save_clicks"("clicks" JSONB) RETURNS INTEGER[]
LANGUAGE plpgsql VOLATILE
SET lock_timeout = '1s'
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
DECLARE
  fresh TEXT[];
  held INTEGER[];
  overfull INTEGER[];
  posts INTEGER[];
BEGIN
  IF (SELECT count(*) > count(DISTINCT k."change") OR count(k."delivery") > count(DISTINCT k."delivery")
      FROM jsonb_to_recordset("clicks") AS k("change" INTEGER, "delivery" TEXT)) THEN
    RAISE EXCEPTION 'two clicks of one change, or of one delivery, cannot be decided on the same state';
  END IF;

  WITH new AS (
    INSERT INTO "Delivery" ("key", "outcome", "at")
    SELECT k."delivery", k."answer", k."at" FROM jsonb_to_recordset("clicks") AS k("delivery" TEXT, "answer" JSONB, "at" TIMESTAMPTZ)
    WHERE k."delivery" IS NOT NULL ORDER BY k."delivery"
    ON CONFLICT DO NOTHING RETURNING "key")
  SELECT array_agg(new."key") INTO fresh FROM new;

  -- Where much stands beside a state already, all goes into it.
  WITH locked AS (
    SELECT c."id", jsonb_array_length(c."later") >= 12 AS "overfull"
    FROM jsonb_to_recordset("clicks") AS k("change" INTEGER, "known" INTEGER, "delivery" TEXT)
    JOIN "Change" c ON c."id" = k."change" AND c."version" = k."known"
    WHERE k."delivery" IS NULL OR k."delivery" = ANY(fresh)
    ORDER BY c."id" FOR UPDATE OF c SKIP LOCKED)
  SELECT array_agg(locked."id"), array_agg(locked."id") FILTER (WHERE locked."overfull") INTO held, overfull FROM locked;

  IF cardinality(held) IS DISTINCT FROM jsonb_array_length("clicks") THEN
    DELETE FROM "Delivery" d USING jsonb_to_recordset("clicks") AS k("change" INTEGER, "delivery" TEXT)
    WHERE d."key" = k."delivery" AND k."delivery" = ANY(fresh) AND k."change" <> ALL(coalesce(held, '{}'));
  END IF;
  IF held IS NULL THEN RETURN '{}'; END IF;

  UPDATE "Change" c SET "phase" = k."phase", "later" = c."later" || k."steps", "version" = c."version" + 1
  FROM jsonb_to_recordset("clicks") AS k("change" INTEGER, "phase" TEXT, "steps" JSONB)
  WHERE c."id" = k."change" AND k."change" = ANY(held) AND k."change" <> ALL(coalesce(overfull, '{}'));
  IF overfull IS NOT NULL THEN
    UPDATE "Change" c SET "phase" = k."phase", "state" = "patched"(c."state", c."later" || k."steps"), "version" = c."version" + 1
    FROM jsonb_to_recordset("clicks") AS k("change" INTEGER, "phase" TEXT, "steps" JSONB)
    WHERE c."id" = k."change" AND k."change" = ANY(overfull);
  END IF;

  -- Locked before any is written, and in their order.
  WITH locked AS (
    SELECT p."id" FROM unnest(held) AS one JOIN "Post" p ON p."subject" = 'change:' || one
    WHERE p."payload" -> 'frozen' IS NULL ORDER BY one, p."id" FOR UPDATE OF p)
  SELECT array_agg(locked."id") INTO posts FROM locked;
  UPDATE "Post" SET "wanted" = "wanted" + 1 WHERE "id" = ANY(posts);
  PERFORM pg_notify('patchcrier_posts', 'again');

  PERFORM "append_audits"(ARRAY(
    SELECT k.click ->> 'record' FROM jsonb_array_elements("clicks") WITH ORDINALITY AS k(click, nr)
    WHERE (k.click ->> 'change')::integer = ANY(held) ORDER BY k.nr));
  RETURN held;
END
$$;
