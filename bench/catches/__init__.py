"""Which defect of the demo API is caught by which of the example tests, and with what verdict."""
