"""The command line: parsing, errors and exit codes, and one module a verb in `verbs`."""
