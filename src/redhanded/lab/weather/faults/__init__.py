"""Every fault that the proxy can make, one class each."""
