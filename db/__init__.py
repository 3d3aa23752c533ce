"""SQLModel tables, engines and the stores that implement the ports of `bot.services`."""
