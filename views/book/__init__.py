"""The prices, dates and vendors of the book, as tables, feeds and charts."""
