"""What an attacker would write into a log, and the parts of the program that would read it."""
