"""Marks in front of a reference: what views ask of a source besides the text of a value."""

XML_MARK = "elements as JSON: "
