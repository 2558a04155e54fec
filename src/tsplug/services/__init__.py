"""Use cases: load what is needed, decide with pure functions, apply the result, report."""
