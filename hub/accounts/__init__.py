"""People who sign in and programs that call: accounts, roles, sessions, tokens."""
