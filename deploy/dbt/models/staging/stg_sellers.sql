select seller_id, company_name, trade_medal_level, composite_service_score, repeat_purchase_rate, changed_at
from {{ source('analytics', 'dim_seller') }}
