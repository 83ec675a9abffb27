"""Characters, words, sentences, quotations and search in one text."""
