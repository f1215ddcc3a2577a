"""Write the catalogue of codes as Markdown to standard output."""

import sys

from lodgrants.codes import as_markdown

sys.stdout.write(as_markdown())
