"""What the desk is told besides incidents: deliveries of monitoring, orders and what is decided of them, time, files; and by whom."""
import base64
import hashlib
import hmac
import time
from urllib.parse import quote


class Desk:
    """What their stories stand on: a source of signed events, an offering that somebody has to agree to, and who does."""

    LOGIN, PASSWORD = "kim@example.test", "correct horse battery"

    def __init__(self, site):
        self.site = site
        # Of no contract: what monitoring opens has no promise that would run out while figures are compared.
        self.monitored = site.call("POST", "/v1/customers", {"code": "MONITORED", "name": "Monitored", "zone": "UTC"})["id"]
        source = site.call("POST", "/v1/event-sources", {
            "name": "Monitoring", "proof": "signature", "customer": self.monitored, "stormLimit": 1000})
        self.source = source["id"]
        self.secret = base64.b64decode(source["secret"].removeprefix("whsec_"))
        self.person = self.make_person()
        # Of each customer the token of somebody there, whose word is his answer.
        self.people = {customer: self.make_person_of(customer, f"{site.CODE}{number}") for number, customer in enumerate(site.customers)}
        self.ask_nobody_of_low_risk()
        # Of one person: what the team is told, he is.
        self.team = site.call("POST", "/v1/teams", {"name": "Second line"})["id"]
        site.call("POST", f"/v1/teams/{self.team}/add-member", {"staff": self.account}, headers={"If-Match": '"1"'})

    def make_person(self):
        """Somebody with a login: only people decide, and have time of their own. Gives the token of a session."""
        self.account = account = self.site.call("POST", "/v1/staff", {"login": self.LOGIN, "name": "Kim", "password": self.PASSWORD})["id"]
        for role in ("account_manager", "engineer"):
            self.site.call("POST", "/v1/staff-grants", {"account": account, "role": role, "everyCustomer": True})
        return self.log_in(self.site.call("GET", "/v1/identity")["tenant"], self.LOGIN)

    def make_person_of(self, customer, code):
        """He may speak on each of its incidents, and none is his: he is told of none. Gives the token of a session."""
        login = "lee@example.test"
        account = self.site.call("POST", "/v1/accounts", {"customer": customer, "login": login, "name": "Lee", "password": self.PASSWORD})["id"]
        self.site.call("POST", "/v1/account-grants", {"account": account, "role": "customer_manager", "scope": "tenant"})
        return self.log_in(code, login)

    def log_in(self, tenant, login):
        """The token of a session."""
        return self.site.call("POST", "/v1/sessions", {"tenant": tenant, "login": login, "password": self.PASSWORD})["token"]

    def ask_nobody_of_low_risk(self):
        """Changes of low risk are agreed to when they are submitted."""
        manager = {"rule": "any", "approvers": [{"name": {"en": "Account manager"}, "role": "account_manager"}]}
        self.site.call("POST", "/v1/change-policies/change", {
            "low": {"rule": "none"}, "medium": manager, "high": manager, "emergency": manager | {"hours": 48}}, headers={"If-Match": '"1"'})

    @staticmethod
    def make_offering(site):
        """What customers may order, if an account manager agrees."""
        family = site.call("POST", "/v1/service-families", {"code": "APPS", "name": {"en": "Applications"}})["id"]
        service = site.call("POST", "/v1/services", {
            "code": "ERP", "family": family, "name": {"en": "ERP"}, "mode": "managed", "owner": {"en": "Head of applications"},
            "stages": {"operation": "2024-01-01"}})["id"]
        offering = site.call("POST", "/v1/offerings", {
            "service": service, "code": "ERP-REPORT", "name": {"en": "A report"},
            "form": [{"key": "note", "label": {"en": "Which"}, "type": "text", "required": True}],
            "approval": {"rule": "all", "approvers": [{"name": {"en": "Account manager"}, "role": "account_manager"}]}})["id"]
        site.call("POST", f"/v1/offerings/{offering}/publish", headers={"If-Match": '"1"'})
        return offering

    def signed(self, id, data):
        """What proves a delivery, by Standard Webhooks: the same id each time that it is sent."""
        now = str(int(time.time()))
        signature = hmac.new(self.secret, f"{id}.{now}.".encode() + data, hashlib.sha256).digest()
        return {"webhook-id": id, "webhook-timestamp": now, "webhook-signature": "v1," + base64.b64encode(signature).decode()}

    def incidents_of_alerts(self):
        """The ids of the incidents that monitoring has opened."""
        found, cursor = set(), ""
        while cursor is not None:
            page = self.site.call("GET", f"/v1/alerts?customer={self.monitored}&limit=200" + (f"&cursor={quote(cursor)}" if cursor else ""))
            found |= {alert["incident"] for alert in page["items"] if alert["incident"]}
            cursor = page.get("next")
        return found

    @staticmethod
    def alert(fingerprint, is_over, at):
        told = {"status": "resolved", "endsAt": at} if is_over else {"status": "firing"}
        return told | {
            "fingerprint": fingerprint, "labels": {"alertname": "Down", "host": fingerprint}, "startsAt": at,
            "annotations": {"summary": f"Something is wrong with {fingerprint}"}}


def damaged_files(site):
    """How many files are not, byte for byte, what was attached: by the row, by the folder and by the ledger."""
    lying = {path.name: path for path in site.files.glob("*/??/*")}
    known = {row[0]: row[1] for row in site.cluster.sql("select name, encode(sha256, 'hex') from attachments.attachment where state = 'stored';")}
    damaged = 0
    for write in site.ledger.writes:
        if write.digest and write.state == "acknowledged":
            path = lying.get(write.digest)
            is_whole = path is not None and hashlib.sha256(path.read_bytes()).hexdigest() == write.digest
            damaged += not is_whole or known.get(write.marker) != write.digest
    return damaged
