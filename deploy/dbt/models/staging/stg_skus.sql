select offer_id, sku_id, state, label, stock, unit, last_listed_at, changed_at
from {{ source('analytics', 'dim_sku') }}
