-- Purpose: stores which id 1688 gave to a picture of an app; the newest answer holds. The app is that of the call.
-- Params:  $1 jsonb [{"sha256": text, "image_id": text|null (it can't be used), "call_id": bigint,
--          "uploaded_at": timestamptz}], each digest once
-- Returns: nothing
INSERT INTO sync.image_upload AS i (app_key, sha256, image_id, call_id, uploaded_at)
SELECT c.app_key, n.sha256, n.image_id, n.call_id, n.uploaded_at
FROM jsonb_to_recordset($1::jsonb) AS n (sha256 text, image_id text, call_id bigint, uploaded_at timestamptz)
JOIN usage.api_call c USING (call_id)
ORDER BY n.sha256
ON CONFLICT (app_key, sha256) DO UPDATE
SET image_id = excluded.image_id, call_id = excluded.call_id, uploaded_at = excluded.uploaded_at
WHERE (excluded.uploaded_at, excluded.call_id) > (i.uploaded_at, i.call_id);
