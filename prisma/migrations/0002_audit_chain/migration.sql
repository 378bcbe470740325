-- Appends one record to the audit chain (src/db/audit.ts) and answers it.
-- A function, and volatile: each of its statements sees what was committed before it began. One plain statement that
-- took the lock and read the last record would read it as it was before it waited for the lock, and fork the chain.
-- The lock ends with the transaction. Keep the key in step with nothing: it is used here alone.
CREATE FUNCTION "append_audit"("text" TEXT) RETURNS "AuditRecord"
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  last "AuditRecord";
  record "AuditRecord";
BEGIN
  PERFORM pg_advisory_xact_lock(7331, 1);
  SELECT * INTO last FROM "AuditRecord" ORDER BY "seq" DESC LIMIT 1;
  record."seq" := coalesce(last."seq", 0) + 1;
  record."previous" := coalesce(last."hash", repeat('0', 64));
  record."body" := "text";
  record."hash" := encode(sha256(convert_to(record."previous" || "text", 'UTF8')), 'hex');
  INSERT INTO "AuditRecord" ("seq", "body", "previous", "hash") VALUES (record."seq", record."body", record."previous", record."hash");
  RETURN record;
END
$$;
