-- What has changed, so that its cards are to be drawn anew. Whoever changes it only says so, by one row that nobody else has: it holds no post that
-- others may want, and rewrites none with all its indexes. The deliverer makes the row into wanted posts (src/app/chat/redraws.ts).
CREATE TABLE "Redraw" (
  "id" BIGSERIAL NOT NULL,
  "subject" TEXT NOT NULL,
  CONSTRAINT "Redraw_pkey" PRIMARY KEY ("id")
);

-- Appends records to the audit chain, in this order, and answers them. As before (0027_clicks_in_bulk), with less to compute for each.
CREATE OR REPLACE FUNCTION "append_audits"("texts" TEXT[]) RETURNS SETOF "AuditRecord"
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  last INTEGER;
  hashes TEXT[];
  hash TEXT;
  one TEXT;
BEGIN
  PERFORM pg_advisory_xact_lock(7331, 1);
  SELECT a."seq", a."hash" INTO last, hash FROM "AuditRecord" a ORDER BY a."seq" DESC LIMIT 1;
  hash := coalesce(hash, repeat('0', 64));
  hashes := ARRAY[hash];
  FOREACH one IN ARRAY "texts" LOOP
    hash := encode(sha256(convert_to(hash || one, 'UTF8')), 'hex');
    hashes := hashes || hash;
  END LOOP;
  RETURN QUERY
    INSERT INTO "AuditRecord" ("seq", "body", "previous", "hash")
    SELECT coalesce(last, 0) + t.nr, t.body, hashes[t.nr], hashes[t.nr + 1] FROM unnest("texts") WITH ORDINALITY AS t(body, nr)
    RETURNING *;
END
$$;

-- Saves clicks that change nothing but their change, each of another change; answers the changes that were saved. Of any other click nothing
-- was done: its delivery has had its effect, its change is no longer as it was read, or somebody else holds it.
-- The order of locks is that of the long way: deliveries, changes, audit chain, and each kind in the order of its keys. A change that is held
-- is passed over, so that no click waits for another one's change; what else one click waits for, the others wait for a second at most: then
-- nothing was done, and each goes the long way by itself.
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
  WITH locked AS MATERIALIZED (
    SELECT c."id", k."phase", k."steps", jsonb_array_length(c."later") >= 12 AS "overfull"
    FROM jsonb_to_recordset("clicks") AS k("change" INTEGER, "known" INTEGER, "delivery" TEXT, "phase" TEXT, "steps" JSONB)
    JOIN "Change" c ON c."id" = k."change" AND c."version" = k."known"
    WHERE k."delivery" IS NULL OR k."delivery" = ANY(fresh)
    ORDER BY c."id" FOR UPDATE OF c SKIP LOCKED),
  saved AS (
    UPDATE "Change" c SET "phase" = k."phase", "later" = c."later" || k."steps", "version" = c."version" + 1
    FROM locked k WHERE c."id" = k."id" AND NOT k."overfull"),
  outdated AS (INSERT INTO "Redraw" ("subject") SELECT 'change:' || k."id" FROM locked k)
  SELECT array_agg(k."id"), array_agg(k."id") FILTER (WHERE k."overfull") INTO held, overfull FROM locked k;

  IF cardinality(held) IS DISTINCT FROM jsonb_array_length("clicks") THEN
    DELETE FROM "Delivery" d USING jsonb_to_recordset("clicks") AS k("change" INTEGER, "delivery" TEXT)
    WHERE d."key" = k."delivery" AND k."delivery" = ANY(fresh) AND k."change" <> ALL(coalesce(held, '{}'));
  END IF;
  IF held IS NULL THEN RETURN '{}'; END IF;
  IF overfull IS NOT NULL THEN
    UPDATE "Change" c SET "phase" = k."phase", "state" = "patched"(c."state", c."later" || k."steps"), "version" = c."version" + 1
    FROM jsonb_to_recordset("clicks") AS k("change" INTEGER, "phase" TEXT, "steps" JSONB)
    WHERE c."id" = k."change" AND k."change" = ANY(overfull);
  END IF;
  PERFORM pg_notify('patchcrier_posts', 'again');

  PERFORM "append_audits"(ARRAY(
    SELECT k.click ->> 'record' FROM jsonb_array_elements("clicks") WITH ORDINALITY AS k(click, nr)
    WHERE (k.click ->> 'change')::integer = ANY(held) ORDER BY k.nr));
  RETURN held;
END
$$;
