-- CreateTable
CREATE TABLE "Reminder" (
    "id" SERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "occurrence" TEXT NOT NULL,
    "lead" INTEGER,
    "body" JSONB NOT NULL,
    "wantedAt" TIMESTAMPTZ(3) NOT NULL,
    "snoozedUntil" TIMESTAMPTZ(3),
    "snoozedBy" TEXT,
    "doneAt" TIMESTAMPTZ(3),
    "ending" TEXT,

    CONSTRAINT "Reminder_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Reminder_kind_subject_occurrence_key" ON "Reminder"("kind", "subject", "occurrence");

-- CreateIndex
CREATE INDEX "Reminder_doneAt_subject_idx" ON "Reminder"("doneAt", "subject");

-- CreateIndex
CREATE INDEX "Reminder_lead_idx" ON "Reminder"("lead");

-- The head of the audit is a reminder now: what was due for it in the old way would be due for ever.
DELETE FROM "Due" WHERE "kind" = 'audit-head' AND "doneAt" IS NULL;
