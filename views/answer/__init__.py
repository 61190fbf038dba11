"""A result as HTML, charts, Markdown, JSON, text, and the form that asks for it."""
