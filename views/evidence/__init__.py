"""What others measured: studies, and how far the figures are from theirs."""
