"""帮扶实事 (assistance): record once, split exactly to the 分, add up; and its pages."""
