"""How it is said, pure: the blocks of Slack, the text of an e-mail, their limits."""
