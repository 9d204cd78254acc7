"""The starter model: a Vosk model built from the open weights in the pocketsphinx wheel."""
