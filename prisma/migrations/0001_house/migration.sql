-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "Setting" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,

    CONSTRAINT "Setting_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "PolicyVersion" (
    "id" SERIAL NOT NULL,
    "hash" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "approvals" JSONB NOT NULL,
    "inForceAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "PolicyVersion_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Asset" (
    "host" TEXT NOT NULL,
    "lastSeen" TIMESTAMPTZ(3) NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "Asset_pkey" PRIMARY KEY ("host")
);

-- CreateTable
CREATE TABLE "Install" (
    "id" SERIAL NOT NULL,
    "host" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "version" TEXT NOT NULL,
    "release" TEXT NOT NULL,
    "arch" TEXT NOT NULL,

    CONSTRAINT "Install_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Bulletin" (
    "id" SERIAL NOT NULL,
    "source" TEXT NOT NULL,
    "vendorId" TEXT NOT NULL,
    "revision" TEXT NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "digest" TEXT NOT NULL,
    "fileName" TEXT NOT NULL,
    "raw" BYTEA NOT NULL,
    "signature" TEXT,
    "document" JSONB,
    "verdict" TEXT NOT NULL,
    "verification" JSONB NOT NULL,
    "current" BOOLEAN NOT NULL,
    "origin" TEXT NOT NULL,
    "seenAt" TIMESTAMPTZ(3) NOT NULL,
    "matched" INTEGER NOT NULL DEFAULT 0,
    "discarded" JSONB,
    "changeId" INTEGER,

    CONSTRAINT "Bulletin_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Change" (
    "id" SERIAL NOT NULL,
    "phase" TEXT NOT NULL,
    "state" JSONB NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RolloutHost" (
    "changeId" INTEGER NOT NULL,
    "host" TEXT NOT NULL,
    "ring" INTEGER NOT NULL,
    "state" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "orderId" TEXT,

    CONSTRAINT "RolloutHost_pkey" PRIMARY KEY ("changeId","host")
);

-- CreateTable
CREATE TABLE "RunnerOrder" (
    "id" TEXT NOT NULL,
    "changeId" INTEGER NOT NULL,
    "ring" INTEGER NOT NULL,
    "runner" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "storedAt" TIMESTAMPTZ(3) NOT NULL,
    "givenAt" TIMESTAMPTZ(3),

    CONSTRAINT "RunnerOrder_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DelayRequest" (
    "id" SERIAL NOT NULL,
    "changeId" INTEGER NOT NULL,
    "person" TEXT NOT NULL,
    "hosts" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "askedAt" TIMESTAMPTZ(3) NOT NULL,
    "decidedBy" TEXT,
    "decidedAt" TIMESTAMPTZ(3),
    "granted" BOOLEAN,
    "note" TEXT,

    CONSTRAINT "DelayRequest_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Acknowledgement" (
    "changeId" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "person" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Acknowledgement_pkey" PRIMARY KEY ("changeId","kind","person")
);

-- CreateTable
CREATE TABLE "Baseline" (
    "assetClass" TEXT NOT NULL,
    "product" TEXT NOT NULL,
    "arch" TEXT NOT NULL,
    "stream" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "changeId" INTEGER NOT NULL,
    "setAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Baseline_pkey" PRIMARY KEY ("assetClass","product","arch","stream")
);

-- CreateTable
CREATE TABLE "Post" (
    "id" SERIAL NOT NULL,
    "subject" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "placeId" TEXT NOT NULL,
    "parentId" INTEGER,
    "wanted" INTEGER NOT NULL DEFAULT 1,
    "shown" INTEGER NOT NULL DEFAULT 0,
    "ref" JSONB,
    "card" JSONB,
    "attemptedAt" TIMESTAMPTZ(3),
    "leaseUntil" TIMESTAMPTZ(3),
    "notBefore" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "status" TEXT NOT NULL DEFAULT 'open',
    "lastError" TEXT,
    "payload" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Post_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Due" (
    "id" SERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "dueAt" TIMESTAMPTZ(3) NOT NULL,
    "doneAt" TIMESTAMPTZ(3),
    "payload" JSONB,

    CONSTRAINT "Due_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Delivery" (
    "key" TEXT NOT NULL,
    "outcome" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Delivery_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "AuditRecord" (
    "seq" INTEGER NOT NULL,
    "body" TEXT NOT NULL,
    "previous" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "AuditRecord_pkey" PRIMARY KEY ("seq")
);

-- CreateIndex
CREATE UNIQUE INDEX "PolicyVersion_hash_key" ON "PolicyVersion"("hash");

-- CreateIndex
CREATE INDEX "Install_name_arch_idx" ON "Install"("name", "arch");

-- CreateIndex
CREATE UNIQUE INDEX "Install_host_name_arch_epoch_version_release_key" ON "Install"("host", "name", "arch", "epoch", "version", "release");

-- CreateIndex
CREATE INDEX "Bulletin_source_vendorId_idx" ON "Bulletin"("source", "vendorId");

-- CreateIndex
CREATE UNIQUE INDEX "Bulletin_source_fileName_digest_key" ON "Bulletin"("source", "fileName", "digest");

-- CreateIndex
CREATE INDEX "RolloutHost_changeId_ring_status_idx" ON "RolloutHost"("changeId", "ring", "status");

-- CreateIndex
CREATE INDEX "RunnerOrder_status_idx" ON "RunnerOrder"("status");

-- CreateIndex
CREATE INDEX "DelayRequest_changeId_idx" ON "DelayRequest"("changeId");

-- CreateIndex
CREATE INDEX "Post_placeId_id_idx" ON "Post"("placeId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Post_subject_purpose_placeId_key" ON "Post"("subject", "purpose", "placeId");

-- CreateIndex
CREATE INDEX "Due_doneAt_dueAt_idx" ON "Due"("doneAt", "dueAt");

-- CreateIndex
CREATE UNIQUE INDEX "Due_kind_subject_dueAt_key" ON "Due"("kind", "subject", "dueAt");

-- CreateIndex
CREATE UNIQUE INDEX "AuditRecord_hash_key" ON "AuditRecord"("hash");

-- AddForeignKey
ALTER TABLE "Install" ADD CONSTRAINT "Install_host_fkey" FOREIGN KEY ("host") REFERENCES "Asset"("host") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Bulletin" ADD CONSTRAINT "Bulletin_changeId_fkey" FOREIGN KEY ("changeId") REFERENCES "Change"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RolloutHost" ADD CONSTRAINT "RolloutHost_changeId_fkey" FOREIGN KEY ("changeId") REFERENCES "Change"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RunnerOrder" ADD CONSTRAINT "RunnerOrder_changeId_fkey" FOREIGN KEY ("changeId") REFERENCES "Change"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Post" ADD CONSTRAINT "Post_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "Post"("id") ON DELETE SET NULL ON UPDATE CASCADE;
