-- Gates before a problem is resolved: it need not be a known error first, and its cause is asked for on that way as well.

alter table gates.gate drop constraint gate_step_check;
alter table gates.gate
  add constraint gate_step_check check (step in (
    'incident.open', 'incident.assign', 'incident.dispatch', 'incident.resolve', 'incident.close', 'task.claim', 'task.complete',
    'problem.declare_known_error', 'problem.resolve', 'problem.close', 'change.submit', 'change.start', 'change.close', 'release.sign_off',
    'release.deploy', 'release.close', 'major_incident.resolve'));
