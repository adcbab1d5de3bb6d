"""帮扶实事: recorded once, split to the 分, summed; its pages."""
