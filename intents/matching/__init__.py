"""Hybrid matching: sentence meaning, words, letters and sounds in one score with its reasons."""
