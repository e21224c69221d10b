-- Rows of tables that two days of syncs leave empty, for the dump of the first release. Not a real token.
INSERT INTO sync.token (app_key, access_token, access_expires_at, refresh_token, refresh_expires_at, updated_at)
VALUES ('1000000', '\x0102030405', '2026-11-27 09:00:00+00', '\x0607', '2027-05-26 09:00:00+00', '2026-11-26 09:00:00+00');
INSERT INTO sync.schedule (name, cron, time_zone, feeds, missed, origin, counts_from, created_at, updated_at)
VALUES ('nightly', '30 2 * * *', 'Asia/Shanghai', '["all"]', 'once', 'cli', now(), now(), now());
INSERT INTO sync.slot (schedule, slot_at, outcome, run_id, decided_at)
VALUES ('nightly', '2026-11-25 18:30:00+00', 'ran', 1, '2026-11-25 18:30:01+00'),
       ('nightly', '2026-11-26 18:30:00+00', 'missed', NULL, '2026-11-27 01:00:00+00');
INSERT INTO sync.worker (worker_id, host, started_at, heartbeat_at)
VALUES ('5f0c1d3e-0000-4000-8000-000000000001', 'one', now(), now());
INSERT INTO sync.image_upload (app_key, sha256, image_id, call_id, uploaded_at)
VALUES ('1000000', repeat('ab', 32), '12345', 1, now());
INSERT INTO sync.reprocess (selection, normalizer_version, until_raw_id, operation, after_raw_id, counts, started_at, advanced_at, ended_at)
VALUES ('{"operation": "offer.detail"}', 1, 10, 'offer.detail', 10, '{}', now(), now(), now());
INSERT INTO sync.erased_seller (seller_hash, requested_at, completed_at)
VALUES (sha256('a seller that was erased'), now(), now());
INSERT INTO sync.erased_offer (offer_id, seller_hash, erased_at)
VALUES (1, sha256('a seller that was erased'), now());
INSERT INTO sync.operator_action (actor, action, subject, outcome) VALUES ('a person', 'pause', 'queue detail', 'done');
INSERT INTO sync.notification (issue, kind, severity, summary, remedy, path, began_at, last_seen_at)
VALUES ('token:expires', 'state', 'act', 'The token ends soon.', 'Authorise the app again.', '/', now(), now());
INSERT INTO sync.notification_delivery (attempts) VALUES (0);
INSERT INTO usage.api_hold (api, code, held_at) VALUES ('com.alibaba.fenxiao:test.call:1', 'operator', now());
INSERT INTO usage.api_group (app_key, name, api)
VALUES ('1000000', '@searches', 'com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1');
INSERT INTO usage.backoff (app_key, api, started_at, pause) VALUES ('1000000', '*', now() - interval '1 hour', '10 seconds');
