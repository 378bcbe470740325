-- CreateTable
CREATE TABLE "Exemption" (
    "id" SERIAL NOT NULL,
    "host" TEXT NOT NULL,
    "changeId" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "control" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "by" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),
    "endedBy" TEXT,

    CONSTRAINT "Exemption_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Exemption_host_idx" ON "Exemption"("host");

-- CreateIndex
CREATE INDEX "Exemption_changeId_idx" ON "Exemption"("changeId");

-- What every change has from now on; what a change has already stays.
UPDATE "Change" SET "state" = '{"bulletins": [], "elsewhere": [], "handovers": []}'::jsonb || "state";
UPDATE "Change" SET "state" = jsonb_set("state", '{classification,type}', '"normal"')
WHERE "state" ? 'classification' AND NOT "state" -> 'classification' ? 'type';
