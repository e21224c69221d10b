-- Purpose: how well the planner predicts changes, and what hints are worth, over the last 90 days.
CREATE VIEW analytics.change_calibration AS
SELECT s.source, s.decile, sum(s.observations)::int AS observations, round(sum(s.expected)::numeric / sum(s.observations), 4)::numeric(10, 4) AS expected_share,
       round(sum(s.changed)::numeric / sum(s.observations), 4)::numeric(10, 4) AS changed_share
FROM sync.observation_stat s
CROSS JOIN analytics.clock k
WHERE s.hint = 'none' AND s.date_day > k.day - 90
GROUP BY s.source, s.decile;

CREATE VIEW analytics.hint_quality AS
SELECT s.hint, sum(s.observations)::int AS observations, sum(s.changed)::int AS changed,
       round(sum(s.changed)::numeric / sum(s.observations), 4)::numeric(10, 4) AS precision,
       round(sum(s.changed)::numeric / nullif(sum(sum(s.changed)) OVER (), 0), 4)::numeric(10, 4) AS share_of_changes
FROM sync.observation_stat s
CROSS JOIN analytics.clock k
WHERE s.source = 'detail' AND s.date_day > k.day - 90
GROUP BY s.hint;

COMMENT ON VIEW analytics.change_calibration IS 'Observations of the last 90 days, of offers that were observed before and had no hint of a change, by the probability of a change that the planner gave them.';
COMMENT ON COLUMN analytics.change_calibration.source IS 'search (a row of a page) or detail.';
COMMENT ON COLUMN analytics.change_calibration.decile IS 'The probability, in tenths: 1 is up to 0.1.';
COMMENT ON COLUMN analytics.change_calibration.observations IS 'Number of observations.';
COMMENT ON COLUMN analytics.change_calibration.expected_share IS 'Share that was expected to show a change, 0 to 1.';
COMMENT ON COLUMN analytics.change_calibration.changed_share IS 'Share that did show a change, 0 to 1; close to expected_share where the planner can be trusted.';
COMMENT ON VIEW analytics.hint_quality IS 'Details of the last 90 days, by the hint that they were out of date.';
COMMENT ON COLUMN analytics.hint_quality.hint IS 'row (another price in a search row), modify_date (another modification date in a search row), absence (a complete pass without the offer), or none.';
COMMENT ON COLUMN analytics.hint_quality.observations IS 'Number of details.';
COMMENT ON COLUMN analytics.hint_quality.changed IS 'Details that found something changed.';
COMMENT ON COLUMN analytics.hint_quality.precision IS 'Share of these details that found a change, 0 to 1: how often the hint is right.';
COMMENT ON COLUMN analytics.hint_quality.share_of_changes IS 'Share of all changes that details found, 0 to 1. Summed over the hints: their recall, as far as details were fetched.';
