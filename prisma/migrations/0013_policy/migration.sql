-- A version of the policy is proposed first, and in force once the managers of the version before have bought it off.
-- A file may go back to what it was: the same hash may be proposed again.
DROP INDEX "PolicyVersion_hash_key";

-- AlterTable
ALTER TABLE "PolicyVersion" ADD COLUMN "status" TEXT NOT NULL DEFAULT 'proposed',
ADD COLUMN "proposedAt" TIMESTAMPTZ(3),
ADD COLUMN "approvedAt" TIMESTAMPTZ(3),
ADD COLUMN "endedAt" TIMESTAMPTZ(3),
ADD COLUMN "rejection" JSONB,
ALTER COLUMN "inForceAt" DROP NOT NULL;

-- What is there was bought off when it was written: the sample's.
UPDATE "PolicyVersion" SET
  "status" = 'in force',
  "proposedAt" = "inForceAt",
  "approvedAt" = "inForceAt",
  "approvals" = coalesce(
    (SELECT jsonb_agg(jsonb_build_object('person', person, 'at', to_char("inForceAt" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
     FROM jsonb_array_elements_text("approvals") AS person),
    '[]');

ALTER TABLE "PolicyVersion" ALTER COLUMN "proposedAt" SET NOT NULL, ALTER COLUMN "status" DROP DEFAULT;

-- CreateIndex
CREATE INDEX "PolicyVersion_status_idx" ON "PolicyVersion"("status");

-- CreateIndex
CREATE INDEX "PolicyVersion_hash_idx" ON "PolicyVersion"("hash");
