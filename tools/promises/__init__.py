"""What was published and stays: addresses of pages and headings, figures behind links."""
