"""Text in, decision out: articles, questions, commands, dialogue. No sound, no devices."""
