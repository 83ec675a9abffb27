"""Language: where words, sentences and clauses begin and end; spaCy pipelines."""
