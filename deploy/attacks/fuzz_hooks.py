"""Loaded by schemathesis: a check of our own, and the count of answers for fuzz.py."""

import atexit
import collections
import json
import os
import pathlib
import re

import schemathesis
from schemathesis import GenerationMode

# What is wrong with a value by itself, so that the document can and must say it. Other codes of a 422 are about what is
# there (an unknown reference, a name that is taken) or about fields together, which no schema tells. Nor does any tell how
# many decimals a number may have (a percentage: four), since its validators count in binary.
SHAPE = {
    "input." + word
    for word in (
        "required", "unknown_field", "null", "type", "length", "count", "range", "control_character", "choice", "instant", "date", "month")}

# Of a body that is the file itself the rest is in the query. The document cannot demand of the query what only goes with one kind of body.
FILE = "application/octet-stream"

VERSION = re.compile(r'[*]|(W/)?"[0-9]+"')

_statuses = collections.Counter()


@schemathesis.check
def the_document_tells_the_shape(context, response, case):
    """A request that fits the document is never refused for the shape of a field."""
    if response.status_code != 422 or case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return None
    told = SHAPE - {"input.required"} if case.media_type == FILE else SHAPE
    wrong = [error for error in response.json().get("errors", []) if error["code"] in told]
    assert not wrong, f"a request that fits the document was refused for its shape: {wrong}"
    return None


@schemathesis.hook
def before_call(context, case, kwargs):
    """schemathesis 4.32.5 sends `If-Match: 0`, which its own validator refuses, as a version that fits the pattern."""
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    if "If-Match" in case.headers and not VERSION.fullmatch(case.headers["If-Match"]):
        case.headers["If-Match"] = '"1"'


@schemathesis.hook
def after_call(context, case, response):
    _statuses[response.status_code] += 1


@atexit.register
def _write():
    pathlib.Path(os.environ["STEWARD_FUZZ_COUNTS"]).write_text(json.dumps(_statuses))
