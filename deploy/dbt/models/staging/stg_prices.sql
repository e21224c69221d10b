select offer_id, sku_id, kind, min_quantity, amount_cny, unit, valid_from, valid_to, is_current
from {{ source('analytics', 'fct_price_history') }}
where is_current or ended_day > (select day - {{ var('catalog_days') }} from {{ source('analytics', 'clock') }})
