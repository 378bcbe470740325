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
-- The order of locks is that of the long way: deliveries, changes, posts, audit chain, and each kind in the order of its keys. A change
-- that is held is passed over, so that no click waits for another one's change; what else one click waits for, the others wait for a second at
-- most: then nothing was done, and each goes the long way by itself.
CREATE FUNCTION "save_clicks"("clicks" JSONB) RETURNS INTEGER[]
LANGUAGE plpgsql VOLATILE
SET lock_timeout = '1s'
AS $$
DECLARE
  click RECORD;
  fresh TEXT[] := '{}';
  held INTEGER[] := '{}';
  one INTEGER;
  post INTEGER;
BEGIN
  IF (SELECT count(*) > count(DISTINCT k."change") OR count(k."delivery") > count(DISTINCT k."delivery")
      FROM jsonb_to_recordset("clicks") AS k("change" INTEGER, "delivery" TEXT)) THEN
    RAISE EXCEPTION 'two clicks of one change, or of one delivery, cannot be decided on the same state';
  END IF;

  -- Row by row and each by its key: the planner does not know how few they are, and would read whole tables instead.
  FOR click IN SELECT * FROM jsonb_to_recordset("clicks") AS k("delivery" TEXT, "answer" JSONB, "at" TIMESTAMPTZ) ORDER BY k."delivery" LOOP
    CONTINUE WHEN click."delivery" IS NULL;
    INSERT INTO "Delivery" ("key", "outcome", "at") VALUES (click."delivery", click."answer", click."at") ON CONFLICT DO NOTHING;
    IF FOUND THEN fresh := fresh || click."delivery"; END IF;
  END LOOP;

  FOR click IN
    SELECT * FROM jsonb_to_recordset("clicks") AS k("change" INTEGER, "known" INTEGER, "delivery" TEXT, "phase" TEXT, "steps" JSONB)
    WHERE k."delivery" IS NULL OR k."delivery" = ANY(fresh) ORDER BY k."change"
  LOOP
    PERFORM FROM "Change" c WHERE c."id" = click."change" AND c."version" = click."known" FOR UPDATE SKIP LOCKED;
    IF FOUND THEN
      UPDATE "Change" c SET "phase" = click."phase", "state" = "patched"(c."state", click."steps"), "version" = c."version" + 1
      WHERE c."id" = click."change";
      held := held || click."change";
    ELSE
      DELETE FROM "Delivery" WHERE "key" = click."delivery";
    END IF;
  END LOOP;
  IF held = '{}' THEN RETURN held; END IF;

  FOREACH one IN ARRAY held LOOP
    FOR post IN SELECT "id" FROM "Post" WHERE "subject" = 'change:' || one AND "payload" -> 'frozen' IS NULL ORDER BY "id" LOOP
      UPDATE "Post" SET "wanted" = "wanted" + 1 WHERE "id" = post;
    END LOOP;
  END LOOP;
  PERFORM pg_notify('patchcrier_posts', '');

  FOR click IN
    SELECT k.click ->> 'record' AS "record" FROM jsonb_array_elements("clicks") WITH ORDINALITY AS k(click, nr)
    WHERE (k.click ->> 'change')::integer = ANY(held) ORDER BY k.nr
  LOOP
    PERFORM "append_audit"(click."record");
  END LOOP;
  RETURN held;
END
$$;
