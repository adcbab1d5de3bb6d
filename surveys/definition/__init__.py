"""What a survey asks: its items and rules, the small language, drafts, publishing."""
