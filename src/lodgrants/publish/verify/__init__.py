"""Whether a release is what it says it is: its files, its graphs, its tables and its catalogue."""
