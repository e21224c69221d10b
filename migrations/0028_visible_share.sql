-- The share of changes that rows show is learned from all details that no row prompted, those that found nothing too.
COMMENT ON COLUMN sync.planner.visible_changes IS 'Changes that search rows show, as many as the details that no row prompted make likely, the first guess included.';
COMMENT ON COLUMN sync.planner.hidden_changes IS 'Changes that search rows do not show, as many as the details that no row prompted make likely, the first guess included.';
