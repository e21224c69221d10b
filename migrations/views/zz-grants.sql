-- Purpose: lets the roles of readers read what was made anew. Last of all, for it covers every schema.
SELECT sync.grant_readers();
