"""What the scanners that everybody uses say of our TLS (reliability 69, 70, 73, 76)."""

import json
import re
import subprocess

import tools

ALLOWED = tools.ROOT / "deploy" / "tls-allowed.txt"
BAD = {"LOW", "MEDIUM", "HIGH", "CRITICAL", "FATAL", "WARN"}


def allowed():
    """Ids of testssl.sh that may be found, with the reasons."""
    found = {}
    for line in ALLOWED.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, reason = line.partition(" ")
            if not reason.strip():
                raise ValueError(f"{ALLOWED}: {name} has no reason")
            found[name] = reason.strip()
    return found


def run(server, report, quick):
    for name, port in (("HTTPS", server.port), ("admin protocol", server.admin_port)):
        sslyze(server, report, name, port)
        testssl(server, report, name, port)


def testssl(server, report, name, port):
    tools.require("testssl", "openssl")
    report.say(f"scanners: testssl on {name} ...")
    output = server.folder / f"testssl-{port}.json"
    output.unlink(missing_ok=True)
    # Everything but the simulation of old clients and the list of single ciphers, which find nothing by themselves.
    sections = ["--protocols", "--std", "--pfs", "--server-preference", "--server-defaults", "--headers", "--vulnerable"]
    command = ["testssl", *sections, "--quiet", "--color", "0", "--warnings", "off", "--nodns", "none", "--add-ca", str(server.authority), "--jsonfile", str(output)]
    result = subprocess.run(
        command + [f"127.0.0.1:{port}"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=3600, check=False)
    findings = json.loads(output.read_text()) if output.exists() else []
    if len(findings) < 50 or not any(finding["id"] == "scanTime" for finding in findings):
        report.check("scanners", f"testssl, {name}", False, f"the scan did not finish:\n{result.stdout[-2000:]}")
        return
    reasons = allowed()
    bad = [finding for finding in findings if finding["severity"] in BAD]
    unexpected = [finding for finding in bad if finding["id"] not in reasons]
    report.check(
        "scanners", f"testssl, {name}", not unexpected, "\n".join(f"{f['severity']} {f['id']}: {f['finding']}" for f in unexpected), findings=len(findings),
        allowed=",".join(sorted({f["id"] for f in bad if f["id"] in reasons})))


def sslyze(server, report, name, port):
    program = tools.python_program("sslyze")
    report.say(f"scanners: sslyze on {name} ...")
    # Our own authority stands in the place of the browsers': with it the chain is judged like any other.
    command = [program, "--mozilla_config=intermediate", f"--certinfo_ca_file={server.authority}"]
    result = subprocess.run(
        command + [f"localhost:{port}"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600, check=False)
    verdict = result.stdout[result.stdout.rfind("COMPLIANCE"):]
    faults = re.findall(r"\* (\S[^:]*): (.*)", verdict)
    report.check("scanners", f"sslyze, Mozilla's intermediate profile, {name}", result.returncode == 0, verdict[:2000], faults=len(faults))
