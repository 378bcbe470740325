-- CreateTable
CREATE TABLE "CveScore" (
    "cve" TEXT NOT NULL,
    "automatable" TEXT,
    "impact" TEXT,
    "exploitation" TEXT,
    "epss" DOUBLE PRECISION,
    "readAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "CveScore_pkey" PRIMARY KEY ("cve")
);
