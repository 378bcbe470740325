-- What a click changes of a change stands beside its state: of every click, writing tens of kilobytes anew for an approval of a hundred bytes was
-- most of what the database had to do. Whoever reads a change reads both (src/db/database.ts, src/app/change/rows.ts, known.ts); whoever
-- saves its state has saved the whole.
ALTER TABLE "Change" ADD COLUMN "later" JSONB NOT NULL DEFAULT '[]';
-- Room on its page for the next version of a row: then no index is touched.
ALTER TABLE "Change" SET (fillfactor = 70);

CREATE FUNCTION "state_is_whole"() RETURNS TRIGGER
LANGUAGE plpgsql
AS $$
BEGIN
  NEW."later" := '[]';
  RETURN NEW;
END
$$;

CREATE TRIGGER "Change_state_is_whole" BEFORE UPDATE OF "state" ON "Change" FOR EACH ROW EXECUTE FUNCTION "state_is_whole"();

-- As before (0022_clicks_together), except for where a change's steps go: beside its state, or, when much stands there already, all into it.
-- Saves clicks that change nothing but their change, each of another change; answers the changes that were saved. Of any other click nothing
-- was done: its delivery has had its effect, its change is no longer as it was read, or somebody else holds it.
-- The order of locks is that of the long way: deliveries, changes, posts, audit chain, and each kind in the order of its keys. A change
-- that is held is passed over, so that no click waits for another one's change; what else one click waits for, the others wait for a second at
-- most: then nothing was done, and each goes the long way by itself.
CREATE OR REPLACE FUNCTION "save_clicks"("clicks" JSONB) RETURNS INTEGER[]
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
      UPDATE "Change" c SET "phase" = click."phase", "later" = c."later" || click."steps", "version" = c."version" + 1
      WHERE c."id" = click."change" AND jsonb_array_length(c."later") < 12;
      IF NOT FOUND THEN
        UPDATE "Change" c SET "phase" = click."phase", "state" = "patched"(c."state", c."later" || click."steps"), "version" = c."version" + 1
        WHERE c."id" = click."change";
      END IF;
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

-- What was never said is looked for before anything else, and must not be looked for among the thousands of cards that may wait to be drawn anew
-- (src/app/chat/post-rows.ts).
CREATE INDEX "Post_unsaid_idx" ON "Post"("placeId", "parentId", "id") WHERE "ref" IS NULL AND "wanted" > "shown" AND "status" = 'open';
