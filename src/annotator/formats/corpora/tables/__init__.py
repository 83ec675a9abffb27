"""Tables: CSV, XLSX, Parquet and data sets made of them."""
