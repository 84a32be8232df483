"""Guard rails on screens: the question before a guarded profile is used, and its label beside its name."""
