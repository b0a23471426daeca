"""``python -m error_classification``: the same as the console script."""

from error_classification.cli import main

if __name__ == "__main__":
    main()
