"""Claims and attribution chains: views, dialogs and commands."""
