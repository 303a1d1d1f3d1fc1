"""Commands for people who work on the repository; no service imports them."""
