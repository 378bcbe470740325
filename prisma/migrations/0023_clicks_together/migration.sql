-- Clicks that come while others are being saved are saved together (src/app/change/save-clicks.ts). All writers wait for the lock of the audit
-- chain until the one before has committed: one commit for several clicks is what lets more of them through.
DROP FUNCTION "save_click"(INTEGER, INTEGER, TEXT, JSONB, TEXT, JSONB, TIMESTAMPTZ, TEXT);

-- A document with other values at some paths (src/core/patch.ts): only what is new of a state of tens of kilobytes is sent.
CREATE FUNCTION "patched"("document" JSONB, "steps" JSONB) RETURNS JSONB
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
  step JSONB;
BEGIN
  FOR step IN SELECT jsonb_array_elements("steps") LOOP
    "document" := jsonb_set("document", ARRAY(SELECT jsonb_array_elements_text(step -> 'path')), step -> 'value');
  END LOOP;
  RETURN "document";
END
$$;

-- Saves clicks that change nothing but their change, each of another change; answers the changes that were saved. Of any other click nothing
-- was done: its delivery has had its effect, its change is no longer as it was read, or somebody else holds it.
-- The order of locks is that of the long way: deliveries, changes, posts, audit chain. A change that is held is passed over, so that no
-- click waits for another one's change.
CREATE FUNCTION "save_clicks"("clicks" JSONB) RETURNS INTEGER[]
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  fresh TEXT[];
  held INTEGER[];
  record TEXT;
BEGIN
  WITH delivered AS (
    INSERT INTO "Delivery" ("key", "outcome", "at")
    SELECT k."delivery", k."answer", k."at"
    FROM jsonb_to_recordset("clicks") AS k("delivery" TEXT, "answer" JSONB, "at" TIMESTAMPTZ)
    WHERE k."delivery" IS NOT NULL ORDER BY k."delivery"
    ON CONFLICT DO NOTHING RETURNING "key"
  ) SELECT coalesce(array_agg("key"), '{}') INTO fresh FROM delivered;

  WITH mine AS (
    SELECT c."id" FROM jsonb_to_recordset("clicks") AS k("change" INTEGER, "known" INTEGER, "delivery" TEXT)
    JOIN "Change" c ON c."id" = k."change" AND c."version" = k."known"
    WHERE k."delivery" IS NULL OR k."delivery" = ANY(fresh)
    ORDER BY c."id" FOR UPDATE OF c SKIP LOCKED
  ) SELECT coalesce(array_agg("id"), '{}') INTO held FROM mine;

  DELETE FROM "Delivery" d USING jsonb_to_recordset("clicks") AS k("change" INTEGER, "delivery" TEXT)
  WHERE d."key" = k."delivery" AND d."key" = ANY(fresh) AND k."change" <> ALL(held);
  IF held = '{}' THEN RETURN held; END IF;

  UPDATE "Change" c SET "phase" = k."phase", "state" = "patched"(c."state", k."steps"), "version" = c."version" + 1
  FROM jsonb_to_recordset("clicks") AS k("change" INTEGER, "phase" TEXT, "steps" JSONB)
  WHERE c."id" = k."change" AND c."id" = ANY(held);
  UPDATE "Post" SET "wanted" = "wanted" + 1
  WHERE "subject" IN (SELECT 'change:' || one FROM unnest(held) AS one) AND "payload" -> 'frozen' IS NULL;
  PERFORM pg_notify('patchcrier_posts', '');
  FOR record IN
    SELECT k.click ->> 'record' FROM jsonb_array_elements("clicks") WITH ORDINALITY AS k(click, nr)
    WHERE (k.click ->> 'change')::integer = ANY(held) ORDER BY k.nr
  LOOP
    PERFORM "append_audit"(record);
  END LOOP;
  RETURN held;
END
$$;
