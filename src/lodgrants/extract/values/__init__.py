"""Value parsers: from words to a typed value, one module per kind; each says when it cannot decide."""
