"""What an attack found, told as it goes and as JSON at the end."""

import json
import sys
import time


class Report:
    def __init__(self, as_json):
        self.as_json = as_json
        self.checks = []
        self.began = time.monotonic()

    def say(self, text):
        """Progress, for whoever watches. Not a result."""
        print(f"{time.monotonic() - self.began:6.0f} s  {text}", file=sys.stderr, flush=True)

    def check(self, area, name, passed, detail="", **figures):
        """A result. `figures` are numbers and short texts for the JSON."""
        self.checks.append({"area": area, "name": name, "passed": bool(passed), "detail": detail, "figures": figures})
        shown = "  ".join(f"{key}={value}" for key, value in figures.items())
        mark = "ok  " if passed else "FAIL"
        print(f"{mark} {area}: {name}" + (f"  {shown}" if shown else ""), file=sys.stderr, flush=True)
        if detail and not passed:
            print("\n".join("       " + line for line in detail.splitlines()), file=sys.stderr, flush=True)

    def end(self):
        """Prints the end of it; true if all is well."""
        failed = [check for check in self.checks if not check["passed"]]
        if self.as_json:
            print(json.dumps({"passed": not failed, "checks": self.checks}, indent=1))
        if not self.checks:
            print("attack-test: nothing was run", file=sys.stderr)
            return False
        outcome = "all held" if not failed else f"{len(failed)} FAILED: " + ", ".join(f"{c['area']}: {c['name']}" for c in failed)
        print(f"attack-test: {len(self.checks)} checks, {outcome}", file=sys.stderr)
        return not failed
