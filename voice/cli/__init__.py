"""Arguments and printing: the only room that prints or exits. One module a command."""
