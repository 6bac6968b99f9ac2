import Kernel
import Operations
import Postgres

/// An event in a problem's history of what is kept beside the problem.
package struct ProblemNote: NoteStatement {
  /// A change is to remove it, and is not after all.
  package static let changeLinked = "problem.change_linked"
  package static let changeUnlinked = "problem.change_unlinked"
  /// A change brought it about, and did not after all.
  package static let changeCaused = "problem.change_caused"
  package static let changeNotCaused = "problem.change_not_caused"

  package let note: EventNote

  package init(note: EventNote) { self.note = note }

  package static let sql = """
    with told as (
      update problems.problem p set last_seq = p.last_seq + 1 where p.tenant_id = $1 and p.id = $2
      returning p.id, p.last_seq, 'problem'::text as kind)
    \(EventNote.insert)
    """
}

/// Keeps other acts on problems waiting until the transaction ends; everybody locks several in this order.
package struct HoldProblems: Statement {
  let provider: TenantId
  let problems: [Int64]

  package init(provider: TenantId, problems: [Int64]) {
    self.provider = provider
    self.problems = problems
  }

  package static let sql = "select p.id from problems.problem p where p.tenant_id = $1 and p.id = any ($2) order by p.id for update"

  package func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problems)
  }

  package static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The same event in the histories of several problems, which are held, and work for whoever tells people of it. It raises no version: whoever read
/// a problem before may still act on it.
package struct TellProblems: Statement {
  let told: ProblemTelling
  let payload: Value
  let problems: [Int64]
  let provider: TenantId
  let actor: Actor
  let occurredAt: Instant
  let now: Instant

  /// - Parameter payload: codes and ids, never what somebody wrote.
  package init(
    _ told: ProblemTelling, _ payload: Value, to problems: [Int64], of provider: TenantId, by actor: Actor, at occurredAt: Instant, now: Instant
  ) {
    self.told = told
    self.payload = payload
    self.problems = problems
    self.provider = provider
    self.actor = actor
    self.occurredAt = occurredAt
    self.now = now
  }

  package static let sql = """
    with told as (
      update problems.problem p set last_seq = p.last_seq + 1 where p.tenant_id = $1 and p.id = any ($2) returning p.id, p.last_seq),
    noted as (
      insert into operations.event
        (tenant_id, recorded_at, subject_kind, subject_id, seq, type, payload, actor_kind, actor_id, on_behalf_of, via, occurred_at)
      select $1, $3, 'problem', d.id, d.last_seq, $4, $5, $6, $7, $8, $9, $10 from told d
      returning subject_id, seq)
    insert into operations.outbox (tenant_id, consumer, subject_kind, subject_id, seq, recorded_at)
    select $1, 'notifications', 'problem', n.subject_id, n.seq, $3 from noted n
    returning subject_id
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problems)
    parameters.append(now)
    parameters.append(told.rawValue)
    parameters.append(json: payload)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(actor.onBehalfOf)
    parameters.append(actor.via.rawValue)
    parameters.append(occurredAt)
  }

  package static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
