"""Learning from labelled errors, and measuring judges on them: above the pipeline and its stages, known to none of them."""
