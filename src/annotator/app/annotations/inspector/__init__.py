"""The inspector: one section for each group of fields of the active annotation."""
