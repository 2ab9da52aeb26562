"""The HTML report: one page that needs no network, with the data of the run inside."""
