"""The suggestion rules: attributions, hedges, and the proposals made from them."""
