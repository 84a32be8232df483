"""Guard rails on the command line: what rules deny, the question before what they guard, and what agents may use."""
