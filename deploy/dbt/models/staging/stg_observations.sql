select offer_id, observed_at, day, source, call_id, is_found, is_late, min_price_cny, stock, sold_count, month_sold
from {{ source('analytics', 'fct_observation') }}
where day > (select day - {{ var('catalog_days') }} from {{ source('analytics', 'clock') }})
