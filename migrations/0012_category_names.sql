-- The names of a category from the root down are stored. A trigger keeps them, so that workers of the release before do, too.
ALTER TABLE catalog.category ADD COLUMN path_names_zh text;
ALTER TABLE catalog.category ADD COLUMN path_names_translated text;
COMMENT ON COLUMN catalog.category.path_names_zh IS 'Chinese names of path, joined by " > "; an id in place of a name that is not known. A trigger keeps it.';
COMMENT ON COLUMN catalog.category.path_names_translated IS 'The same in the language of the sync; a Chinese name where there is no other.';

--> functions

CREATE TRIGGER category_names_when_new AFTER INSERT ON catalog.category
  REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION catalog.name_paths();
CREATE TRIGGER category_names AFTER UPDATE ON catalog.category
  REFERENCING OLD TABLE AS before NEW TABLE AS written
  FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION catalog.name_paths();

-- Those without names count as changed.
UPDATE catalog.category SET path_names_zh = NULL;
