"""Figures and people of sends, for those who look. Changes nothing."""
