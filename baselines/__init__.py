"""The laboratory: the one room that may import torch."""
