"""Help in our own words: one text file a command or topic, read by cli.commandtable, which also says how it is read."""
