"""The ways by which a secret gets into a run: a list that grows with what redhanded records."""

from __future__ import annotations

from typing import Final

CHANNELS: Final = {
    "introspection": "a local variable in a failed `assert`",
    "diff": "two dictionaries that a failed `assert` compares",
    "message": "the message of an exception",
    "cause": "the cause of an exception, and its notes",
    "group": "an exception within an exception group",
    "locals": "a local variable of a frame that failed for another reason",
    "request_repr": "`repr(request)` and `str(url)` in a message, the text of an HTTP error",
    "parameter": "a parameter of a test, and with it the test's id",
    "fixture": "a parameter of a fixture, in `--setup-show` too",
    "collection": "a module that fails while it is collected",
    "stdout": "`print`",
    "stderr": "a write to `sys.stderr`",
    "descriptor": "a write to descriptor 1, in two halves",
    "child": "what a child process writes to descriptor 1",
    "log": "a line of a log",
    "log_exception": "arguments of a log's line, and the exception with it",
    "warning": "a warning",
    "property": "`record_property` and `record_testsuite_property`",
    "skip": "the reason of a skip",
    "xfail": "the reason of an expected failure",
    "subtest": "the message of a subtest that failed",
    "query": "a parameter of a URL's query",
    "userinfo": "a URL's user information, and its path",
    "header": "`Authorization`, `X-API-Key` and a header that nobody knows",
    "cookie": "a cookie, sent and set",
    "json_request": "the JSON body of a request, which the API echoes",
    "json_response": "the JSON body of an answer",
    "form": "the body of a form, and one of several parts",
    "issued": "a token that the API hands out for a login, printed by the test",
    "location": "the address of a redirect",
}
"""Each is a test of the suite, `test_<name>`, with a secret of its own."""

UNDECLARED: Final = frozenset({"issued", "location"})
"""Those whose secret nobody told redhanded: it has to see for itself."""
