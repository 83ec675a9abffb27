"""The suggester that is trained on an analyst's annotations: preparation, training, figures, files."""
