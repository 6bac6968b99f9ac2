"""Incidents with others: the problem behind one, the change that one waits for, those below one, the customer who answers, the one that one goes into."""
import itertools
from collections import namedtuple

from .site import utc

Incident = namedtuple("Incident", "title id version")


class Related:
    """What one writer tells. Each turn ends with what a sweep takes up, or with a merge: no version that it sees is raised behind its back."""

    # By these the risk is low, and then nobody is asked.
    RISK = {"impact": "few", "outage": "none", "experience": "often", "back_out": "easy", "tested": "fully"}

    def __init__(self, writer):
        self.writer = writer
        self.desk = writer.load.site.desk
        self.turns = itertools.cycle([self.have_a_problem, self.wait_for_a_change, self.end_with_a_parent, self.wait_for_an_answer, self.go_into_another])

    def tell(self):
        next(self.turns)(self.writer.dice.choice(self.writer.load.site.customers))

    def have_a_problem(self, customer):
        """Its incident goes on, for what is over is not told what helps."""
        incident, title = self.open("affected", customer), self.name("problem")
        problem = self.do("problem.open", "/v1/problems", {"customer": customer, "title": title, "impact": 2, "urgency": 2}, title)
        id = problem["id"]
        self.do("problem.link_incident", f"/v1/problems/{id}/link-incident", {"incident": incident.id}, f"{title} is behind {incident.title}", title, id)
        version = problem["version"]
        for act, body in (("record_workaround", {"workaround": "Restart it"}), ("resolve", {"solution": "Replaced"})):
            path = f"/v1/problems/{id}/{act.replace('_', '-')}"
            version = self.do(f"problem.{act}", path, body, self.name(act), title, id, version)["version"]

    def wait_for_a_change(self, customer):
        """It is done, by somebody who answers for it, and its customer is told so; or it will not be."""
        incident, title, is_done = self.open("waiting", customer), self.name("change"), self.writer.dice.random() < 0.5
        token = self.desk.person if is_done else ""
        change = self.do("change.open", "/v1/changes", {
            "customer": customer, "kind": "normal", "title": title, "publicText": "It is replaced", "plan": "Replace it", "backOut": "Put it back",
            "test": "Ask", "startsAt": utc(-60), "endsAt": utc(6 * 3600)}, title, token=token)
        id, version = change["id"], change["version"]

        def act(name, body):
            return self.do(f"change.{name}", f"/v1/changes/{id}/{name}", body, self.name(name), title, id, version, token)["version"]

        self.do(
            "change.link_incident", f"/v1/changes/{id}/link-incident", {"incident": incident.id}, f"{title} is to resolve {incident.title}", title, id,
            token=token)
        if is_done:
            for name, body in (("assess", {"answers": self.RISK}), ("submit", {}), ("start", {})):
                version = act(name, body)
        self.act("hold", incident, {"reason": "awaiting_change"})
        if is_done:
            act("complete", {"outcome": "success"})
        else:
            act("cancel", {"reason": "Not needed"})

    def end_with_a_parent(self, customer):
        parent = self.open("parent", customer)
        for _ in range(2):
            child = self.open("child", customer)
            self.do(
                "incident.link", f"/v1/incidents/{child.id}/link", {"kind": "child_of", "to": parent.id}, f"{child.title} is below {parent.title}",
                child.title, child.id)
        self.act("resolve", parent, {"resolution": f"As {parent.title}", "cascade": True})

    def wait_for_an_answer(self, customer):
        incident = self.open("asked", customer)
        self.act("hold", incident, {"reason": "awaiting_requester", "evidence": "asked by telephone"})
        answer = self.name("answer")
        self.do(
            "incident.comment", f"/v1/incidents/{incident.id}/comment", {"visibility": "public", "body": answer}, answer, incident.title, incident.id,
            token=self.desk.people[customer])

    def go_into_another(self, customer):
        survivor, merged = self.open("survivor", customer), self.open("merged", customer)
        self.act("merge", merged, {"into": survivor.id})

    def open(self, what, customer):
        """One that is answered at once: a promise that runs out later would change figures while they are compared."""
        title = self.name(what)
        opened = self.do("incident.open", "/v1/incidents", {"customer": customer, "title": title, "impact": 2, "urgency": 2}, title)
        return Incident(title, opened["id"], self.act("start", Incident(title, opened["id"], opened["version"]), {}))

    def act(self, name, incident, body):
        """The version that it has then."""
        path = f"/v1/incidents/{incident.id}/{name}"
        return self.do(f"incident.{name}", path, body, self.name(name), incident.title, incident.id, incident.version)["version"]

    def do(self, operation, path, body, marker, story="", subject="", version=None, token=""):
        writer = self.writer
        return writer.perform(writer.write(writer.next_key(), operation, path, body, marker, story, subject, version, token=token))

    def name(self, what):
        """A text that nothing else is known by."""
        return f"{what} {self.writer.next_key()}"


# Of each incident what is told or done by a sweep, or stands in its history because of another one, as often as it should: once for each act that is
# acknowledged. Nothing else in the load brings these about.
WANTED = """
    select l.other_tenant_id as tenant_id, l.ticket_id as id, n.type from fact f
    join (values ('problem.link_incident', 'incident.problem_linked'), ('problem.record_workaround', 'incident.problem_workaround'),
      ('problem.resolve', 'incident.problem_resolved')) n (operation, type) on n.operation = f.operation
    join problems.problem p on p.title = f.story
    join problems.incident_link l on l.tenant_id = p.tenant_id and l.problem_id = p.id where f.state = 'acknowledged'
  union all
    select l.other_tenant_id, l.other_id, n.type from fact f
    join (values ('change.link_incident', 'incident.change_linked'), ('change.complete', 'incident.change_implemented'),
      ('change.complete', 'incident.resumed'), ('change.cancel', 'incident.change_cancelled'), ('change.cancel', 'incident.resumed')) n (operation, type)
      on n.operation = f.operation
    join changes.change c on c.title = f.story
    join changes.link l on l.tenant_id = c.tenant_id and l.change_id = c.id and l.kind = 'incident' where f.state = 'acknowledged'
  union all
    select t.tenant_id, t.id, 'incident.resumed' from fact f join desk.ticket t on t.title = f.story
    where f.operation = 'incident.comment' and f.marker like 'answer %' and f.state = 'acknowledged'
  union all
    select k.tenant_id, k.from_id, 'incident.ended_with' from fact f join desk.ticket t on t.title = f.story
    join desk.ticket_link k on k.tenant_id = t.tenant_id and k.to_id = t.id and k.kind = 'child_of'
    where f.operation = 'incident.resolve' and f.state = 'acknowledged'
  union all
    select t.tenant_id, e.id, e.type from fact f join desk.ticket t on t.title = f.story
    cross join lateral (values (t.id, 'incident.merged'), (t.merged_into_id, 'incident.absorbed')) e (id, type)
    where f.operation = 'incident.merge' and f.state = 'acknowledged'"""

# An act of a sweep on an incident: it raises the version.
BY_SWEEPS = "(e.type = 'incident.ended_with' or e.type = 'incident.resumed' and e.actor_kind = 'system')"

AGAINST_THE_LEDGER = {
    "incidents with news of another, or an act of a sweep, that is missing, there twice or of nothing": f"""
      select count(*) from (select tenant_id, id, type, count(*) as n from ({WANTED}) w group by 1, 2, 3) w
      full join (
        select e.tenant_id, e.subject_id as id, e.type, count(*) as n from operations.event e
        where e.subject_kind = 'ticket' and (e.type in (
          'incident.problem_linked', 'incident.problem_workaround', 'incident.problem_resolved', 'incident.change_linked',
          'incident.change_implemented', 'incident.change_cancelled', 'incident.merged', 'incident.absorbed') or {BY_SWEEPS})
        group by 1, 2, 3
      ) h using (tenant_id, id, type) where w.n is distinct from h.n""",
    "incidents that an acknowledged end of a problem, a change or a parent, an answer or a merge has left in another state than it should": f"""
      select count(*) from ({WANTED}) w join desk.ticket t on t.tenant_id = w.tenant_id and t.id = w.id
      where t.state <> case w.type when 'incident.ended_with' then 'resolved' when 'incident.merged' then 'closed' else 'active' end
      or w.type = 'incident.merged' and t.closure_code is distinct from 'duplicate'""",
    "children that were not resolved once, or with other words than their parent": """
      select count(*) from fact f join desk.ticket p on p.title = f.story
      join desk.ticket_link k on k.tenant_id = p.tenant_id and k.to_id = p.id and k.kind = 'child_of'
      join desk.ticket t on t.tenant_id = k.tenant_id and t.id = k.from_id
      where f.operation = 'incident.resolve' and f.state = 'acknowledged' and (t.resolution is distinct from p.resolution or 1 <> (
        select count(*) from operations.event e
        where e.tenant_id = t.tenant_id and e.subject_kind = 'ticket' and e.subject_id = t.id and e.type = 'incident.resolved'))""",
    "children that were left to end with their parent and did not": "select count(*) from desk.cascade_item where state <> 'done'",
    "problems and changes that are not as their last acknowledged act left them": """
      select count(*) from (
        select f.story, max(f.version) + 1 as version, max(
          case f.operation when 'problem.resolve' then 'resolved' when 'change.complete' then 'implemented' when 'change.cancel' then 'cancelled' end) as state
        from fact f where f.version is not null and f.state = 'acknowledged' group by f.story
      ) s join (
        select title, version, state from problems.problem union all select title, version, state from changes.change
      ) p on p.title = s.story where p.version <> s.version or p.state <> s.state""",
    "changes that are acknowledged as done and of which their customer was not told that": """
      select count(*) from fact f join changes.change c on c.title = f.story
      left join changes.concerned d on d.tenant_id = c.tenant_id and d.change_id = c.id
      left join changes.notice n on n.tenant_id = d.customer_id and n.change_id = d.change_id
      where f.operation = 'change.complete' and f.state = 'acknowledged'
      and (n.state is distinct from 'implemented' or n.outcome is distinct from 'success')""",
    "problems, changes or links that nobody asked for": """
      select (select count(*) from problems.problem p where not exists (select from fact f where f.marker = p.title))
      + (select count(*) from changes.change c where not exists (select from fact f where f.marker = c.title))
      + (select count(*) from problems.incident_link l join problems.problem p on p.tenant_id = l.tenant_id and p.id = l.problem_id
        join desk.ticket t on t.tenant_id = l.other_tenant_id and t.id = l.ticket_id
        where not exists (select from fact f where f.marker = p.title || ' is behind ' || t.title))
      + (select count(*) from changes.link l join changes.change c on c.tenant_id = l.tenant_id and c.id = l.change_id
        join desk.ticket t on t.tenant_id = l.other_tenant_id and t.id = l.other_id
        where not exists (select from fact f where f.marker = c.title || ' is to resolve ' || t.title))
      + (select count(*) from desk.ticket_link k join desk.ticket t on t.tenant_id = k.tenant_id and t.id = k.from_id
        join desk.ticket p on p.tenant_id = k.tenant_id and p.id = k.to_id
        where k.kind = 'child_of' and not exists (select from fact f where f.marker = t.title || ' is below ' || p.title))""",
}
