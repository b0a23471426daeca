"""What ``speed.py`` times: big inputs, processes and their cost, and the rivals that run inside a process of their own."""
