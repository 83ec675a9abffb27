"""The source registry: table, details, assessments and merging."""
