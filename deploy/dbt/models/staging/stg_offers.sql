select offer_id, subject, subject_translated, state, category_id, seller_id, unit, min_order_quantity,
       smallest_order_list_cny, first_seen_at, search_seen_at, detail_seen_at
from {{ source('analytics', 'dim_offer') }}
