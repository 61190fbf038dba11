"""
The rules of data, pages and promises: `python -m tools.lint [--fix] [FILE…]`.

One module a subject, one function a rule; a rule's docstring says what must hold. A rule takes the
`Project` and yields a `Fault` for each place that breaks it, with the file, the line and the fix.
`make check` runs them all, `make fix` repairs what can be repaired without a decision.
"""
