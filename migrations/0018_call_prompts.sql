-- Why each detail was asked for, and what it showed of stock. A release that does not know these columns leaves them empty.
ALTER TABLE usage.api_call ADD COLUMN stock_changed integer;
ALTER TABLE usage.api_call ADD COLUMN prompted_by text;
COMMENT ON COLUMN usage.api_call.stock_changed IS 'Known offers that the answer showed sold out or in stock again. Null: it shows no offers, or was loaded before this was booked.';
COMMENT ON COLUMN usage.api_call.prompted_by IS 'Why a detail was asked for: first (no detail had shown the offer), row (a row had another price), modify_date (another date of modification), absence (a complete pass without it), or value (the call was worth most of those that were due). Null: no detail, not loaded, or loaded before this was booked.';
