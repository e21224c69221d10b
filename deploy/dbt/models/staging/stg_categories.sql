select category_id, parent_id, level, path_zh, path_translated, is_leaf, is_retired
from {{ source('analytics', 'dim_category') }}
