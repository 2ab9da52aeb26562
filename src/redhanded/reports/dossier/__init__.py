"""The dossier of a run: all that its spools tell, laid together by test, for every report."""
