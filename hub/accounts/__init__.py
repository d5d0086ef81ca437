"""People who sign in, programs that call, and what each may do where."""
