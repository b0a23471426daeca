"""The failure zoo: real tools made to fail, to train and to calibrate the local model with: see README.md."""
