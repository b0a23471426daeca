"""Training the local model: examples, recipe, fit, calibration, and the versions that are kept.

Fitting needs scikit-learn (extra ``train``); everything else does without.
"""
