-- What proves a bulletin is kept whole, and what people doubted is counted (src/app/doubt).
ALTER TABLE "Bulletin" ADD COLUMN "sha256" TEXT;
ALTER TABLE "Bulletin" ADD COLUMN "sha512" TEXT;
ALTER TABLE "Bulletin" ADD COLUMN "url" TEXT;
ALTER TABLE "Bulletin" ADD COLUMN "redirectedFrom" TEXT;
ALTER TABLE "Bulletin" ADD COLUMN "pinned" JSONB;

CREATE TABLE "Doubt" (
    "id" SERIAL NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "verification" JSONB NOT NULL,
    "firstAt" TIMESTAMPTZ(3) NOT NULL,
    "warnedAt" TIMESTAMPTZ(3),
    "warnedBy" TEXT,

    CONSTRAINT "Doubt_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "Doubt_fingerprint_key" ON "Doubt"("fingerprint");
CREATE INDEX "Doubt_firstAt_idx" ON "Doubt"("firstAt");

CREATE TABLE "DoubtReport" (
    "doubtId" INTEGER NOT NULL,
    "person" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "DoubtReport_pkey" PRIMARY KEY ("doubtId","person")
);
CREATE INDEX "DoubtReport_at_idx" ON "DoubtReport"("at");
ALTER TABLE "DoubtReport" ADD CONSTRAINT "DoubtReport_doubtId_fkey" FOREIGN KEY ("doubtId") REFERENCES "Doubt"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "BogusDrill" (
    "id" SERIAL NOT NULL,
    "by" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "revealAt" TIMESTAMPTZ(3) NOT NULL,
    "revealedAt" TIMESTAMPTZ(3),
    "people" INTEGER NOT NULL,

    CONSTRAINT "BogusDrill_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "BogusDrillReport" (
    "drillId" INTEGER NOT NULL,
    "person" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "BogusDrillReport_pkey" PRIMARY KEY ("drillId","person")
);
ALTER TABLE "BogusDrillReport" ADD CONSTRAINT "BogusDrillReport_drillId_fkey" FOREIGN KEY ("drillId") REFERENCES "BogusDrill"("id") ON DELETE CASCADE ON UPDATE CASCADE;
