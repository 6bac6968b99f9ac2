import Kernel
import Operations
import Postgres

extension SubjectClocks {
  /// Enqueues what events left: the clocks' rows, then their ledgers; and tells of the shares that passed at which rules act. Nobody is warned of those:
  /// the rules alone hear.
  package mutating func save(on transaction: Transaction, tenant: TenantId, recordedAt: Instant) {
    scheduleWarnings(of: tenant)
    for clock in clocks { clock.save(on: transaction, tenant: tenant, recordedAt: recordedAt) }
    for (clock, passing) in takePassed() {
      let event = Event(
        subjectKind: "clock_share", subject: clock.id, seq: passing.percent, type: "sla.share_passed",
        payload: .object(["metric": .text(clock.clock.metric.rawValue), "percent": .integer(passing.percent)]), occurredAt: passing.at)
      transaction.record(event, for: ["escalations"], tenant: tenant, actor: Actor(kind: .system, id: 0, via: .job), at: recordedAt)
    }
  }
}

extension SubjectClock {
  func save(on transaction: Transaction, tenant: TenantId, recordedAt: Instant) {
    guard ledger.isTouched else { return }
    if isNew {
      transaction.enqueue(InsertClock(tenant: tenant, clock: self, recordedAt: recordedAt))
    } else {
      transaction.enqueue(UpdateClock(tenant: tenant, clock: self))
    }
    for entry in ledger.intervals { transaction.enqueue(InsertInterval(tenant: tenant, clock: id, entry: entry, recordedAt: recordedAt)) }
    for entry in ledger.milestones { transaction.enqueue(InsertMilestone(tenant: tenant, clock: id, entry: entry, recordedAt: recordedAt)) }
    for entry in ledger.verdicts { transaction.enqueue(InsertVerdict(tenant: tenant, clock: id, entry: entry, recordedAt: recordedAt)) }
  }
}

struct InsertInterval: Statement {
  let tenant: TenantId
  let clock: Int64
  let entry: ClockLedger.Entry<ClockInterval>
  let recordedAt: Instant

  static let sql = """
    insert into service_levels.interval
      (tenant_id, clock_id, seq, from_at, to_at, state, cause, evidence, sla_target_id, supplier_target_id, priority, calendar_version_id,
       working_seconds, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(clock)
    parameters.append(entry.seq)
    parameters.append(entry.row.from)
    parameters.append(entry.row.to)
    parameters.append(entry.row.state.rawValue)
    parameters.append(entry.row.cause)
    parameters.append(entry.row.evidence)
    parameters.append(entry.terms.promise.slaTarget)
    parameters.append(entry.terms.promise.supplierTarget)
    parameters.append(entry.terms.priority)
    parameters.append(entry.row.calendarVersion)
    parameters.append(entry.row.workingSeconds)
    parameters.append(recordedAt)
  }
}

struct InsertMilestone: Statement {
  let tenant: TenantId
  let clock: Int64
  let entry: ClockLedger.Entry<Milestone>
  let recordedAt: Instant

  static let sql = """
    insert into service_levels.milestone (tenant_id, clock_id, seq, observed_at, source, recorded_at) values ($1, $2, $3, $4, $5, $6)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(clock)
    parameters.append(entry.seq)
    parameters.append(entry.row.observedAt)
    parameters.append(entry.row.source)
    parameters.append(recordedAt)
  }
}

struct InsertVerdict: Statement {
  let tenant: TenantId
  let clock: Int64
  let entry: ClockLedger.Entry<Verdict>
  let recordedAt: Instant

  static let sql = """
    insert into service_levels.verdict
      (tenant_id, clock_id, seq, verdict, cause, detail, judged_at, breached_at, elapsed_seconds, budget_seconds, sla_target_id, supplier_target_id,
       priority, calculation_version, supersedes, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(clock)
    parameters.append(entry.seq)
    parameters.append(entry.row.outcome?.rawValue)
    parameters.append(entry.row.cause.rawValue)
    parameters.append(entry.row.detail)
    parameters.append(entry.row.decidedAt)
    parameters.append(entry.row.breachedAt)
    parameters.append(entry.row.consumedSeconds)
    parameters.append(entry.row.budgetSeconds)
    parameters.append(entry.terms.promise.slaTarget)
    parameters.append(entry.terms.promise.supplierTarget)
    parameters.append(entry.terms.priority)
    parameters.append(entry.row.calculation)
    parameters.append(entry.seq > 1 ? entry.seq - 1 : nil)
    parameters.append(recordedAt)
  }
}
