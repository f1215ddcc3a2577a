"""The parts of a release made from those of the release before, by what has changed."""
