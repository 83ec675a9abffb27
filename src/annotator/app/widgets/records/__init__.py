"""Lists of records: their columns, model, cells, table and filter."""
