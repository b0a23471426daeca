"""What ``quality.py`` measures: labelled inputs, the program's answers to them, and one module for each table."""
