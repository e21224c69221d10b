select day, app_key, api, calls, ok, "unknown", refunded, rows_loaded
from {{ source('usage', 'daily') }}
where day > (select day - {{ var('catalog_days') }} from {{ source('analytics', 'clock') }})
