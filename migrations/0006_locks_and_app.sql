-- Tables whose locks are the product's, for a login that may only read can't take those; and the app whose live data this database
-- holds.
CREATE TABLE sync.ledger_lock ();
CREATE TABLE sync.tick_lock ();
CREATE TABLE sync.category_lock ();
CREATE TABLE sync.notification_lock ();

COMMENT ON TABLE sync.ledger_lock IS 'Always empty. Who locks it may take from quota periods and give back to them.';
COMMENT ON TABLE sync.tick_lock IS 'Always empty. Who locks it may plan the next calls of runs.';
COMMENT ON TABLE sync.category_lock IS 'Always empty. Who locks it may load categories.';
COMMENT ON TABLE sync.notification_lock IS 'Always empty. Who locks it may send notifications.';

ALTER TABLE sync.database_identity ADD COLUMN app_fingerprint text;

COMMENT ON COLUMN sync.database_identity.app_fingerprint IS 'sync.app_fingerprint of the app whose live data it holds; null until the first live run.';

COMMENT ON TABLE sync.operator_action IS 'What people had the web pages do, and which app they had this database adopt: who, when and what became of it.';
COMMENT ON COLUMN sync.operator_action.actor IS 'Who: the begin of a session''s id, and whether it logged in by token or came from this machine; or the command line.';
COMMENT ON COLUMN sync.operator_action.action IS 'run, cancel, hold, resume, retry, connect or adopt.';
COMMENT ON COLUMN sync.operator_action.subject IS 'What it was done to: a scope, a run, an API, the database.';
