"""The verbs: each plans a Change or does one job over a Project, without Qt."""
