select change_id, offer_id, field, old_value, new_value, observed_at, day
from {{ source('analytics', 'fct_offer_change') }}
where day > (select day - {{ var('catalog_days') }} from {{ source('analytics', 'clock') }})
