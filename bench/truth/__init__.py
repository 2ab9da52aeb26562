"""The truth benchmark: how often a red test is a real bug, and a real bug a red test."""
