"""A browser whose person is signed in at the provider: goes where it is sent, and comes back with a code."""

import json
import sys
import urllib.request

with urllib.request.urlopen(sys.argv[1]) as page:
    back = json.load(page)["go_to"]
for query in ("", sys.argv[2]):  # a stray request first, as for an icon
    try:
        urllib.request.urlopen(f"{back}?{query}").close()
    except OSError:
        assert not query
