"""What a reader runs in a terminal or an agent: answers, records, links in files, MCP."""
