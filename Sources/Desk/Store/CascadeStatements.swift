import Kernel
import Operations
import Postgres

/// The tickets below one, its children and theirs, in these states.
struct TicketsBelow: Statement {
  let tenant: TenantId
  let ticket: Int64
  let states: [TicketState]
  let limit: Int64

  static let sql = """
    with recursive below as (
      select l.from_id as id from desk.ticket_link l where l.tenant_id = $1 and l.to_id = $2 and l.kind = 'child_of' and l.removed_at is null
      union
      select l.from_id from desk.ticket_link l join below b on b.id = l.to_id
      where l.tenant_id = $1 and l.kind = 'child_of' and l.removed_at is null)
    select t.id from below b join desk.ticket t on t.tenant_id = $1 and t.id = b.id
    where t.tenant_id = $1 and t.state = any ($3) order by t.id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(states.map(\.rawValue))
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Leaves tickets to end with another one; the sweep does that, each in a transaction of its own. Of a major incident each is left once.
package struct PlanCascade: Statement {
  package enum With: Sendable {
    /// A ticket of the same customer, by its row: its words are those of the resolution.
    case parent(Int64)
    /// Without a code where nobody said one.
    case major(PublicId, number: String, resolution: String, closureCode: String?)
  }

  let tenant: TenantId
  let tickets: [Int64]
  let act: CascadeAct
  let with: With
  let seq: Int64
  let actor: Actor
  let name: String
  let now: Instant

  /// - Parameters:
  ///   - seq: the event with which it began, of the parent or of the major incident.
  ///   - actor: who ends them.
  package init(tenant: TenantId, tickets: [Int64], act: CascadeAct, with: With, seq: Int64, actor: Actor, name: String, now: Instant) {
    self.tenant = tenant
    self.tickets = tickets
    self.act = act
    self.with = with
    self.seq = seq
    self.actor = actor
    self.name = name
    self.now = now
  }

  package static let sql = """
    insert into desk.cascade_item
      (tenant_id, ticket_id, act, parent_id, major_public_id, major_number, seq, resolution, closure_code, actor_kind, actor_id, actor_name,
       actor_via, recorded_at)
    select $1, n.ticket_id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 from unnest($2::bigint[]) n (ticket_id)
    on conflict do nothing
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(tickets)
    parameters.append(act.rawValue)
    switch with {
    case .parent(let parent):
      parameters.append(parent)
      parameters.append(nil as [UInt8]?)
      parameters.append(nil as String?)
      parameters.append(seq)
      parameters.append(nil as String?)
      parameters.append(nil as String?)
    case .major(let id, let number, let resolution, let closureCode):
      parameters.append(nil as Int64?)
      parameters.append(id.random)
      parameters.append(number)
      parameters.append(seq)
      parameters.append(resolution)
      parameters.append(closureCode)
    }
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(name)
    parameters.append(actor.via.rawValue)
    parameters.append(now)
  }
}

/// Customers of whom tickets are to end with another one, by their numbers.
struct TenantsWithCascades: Statement {
  let behind: Int64
  let limit: Int64

  static let sql = "select tenant_id from finder.tenants_with_cascades($1, $2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(behind)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> TenantId { try row.next() }
}

/// A customer's tickets that are to end with another one.
struct WaitingCascades: Statement {
  let tenant: TenantId
  let behind: Int64
  let limit: Int64

  static let sql = "select c.id from desk.cascade_item c where c.tenant_id = $1 and c.state = 'waiting' and c.id > $2 order by c.id limit $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(behind)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Whose turn it is: the ticket, and its parent.
struct TicketsOfCascade: Statement {
  let tenant: TenantId
  let id: Int64

  static let sql = "select c.ticket_id, c.parent_id from desk.cascade_item c where c.tenant_id = $1 and c.id = $2 and c.state = 'waiting'"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
  }

  static func decode(_ row: inout RowReader) throws -> (ticket: Int64, parent: Int64?) { (ticket: try row.next(), parent: try row.next()) }
}

/// Locks it; no row when another worker has done it.
struct HoldCascade: Statement {
  struct Found: Sendable {
    let act: CascadeAct
    let majorId: [UInt8]?
    let majorNumber: String?
    let seq: Int64
    let resolution: String?
    let closureCode: String?
    let actor: Actor
    let name: String
    let attempts: Int64
  }

  let tenant: TenantId
  let id: Int64

  static let sql = """
    select c.act, c.major_public_id, c.major_number, c.seq, c.resolution, c.closure_code, c.actor_kind, c.actor_id, c.actor_via, c.actor_name, c.attempts
    from desk.cascade_item c where c.tenant_id = $1 and c.id = $2 and c.state = 'waiting' for update
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      act: CascadeAct(rawValue: try row.next()) ?? .resolve, majorId: try row.next(), majorNumber: try row.next(), seq: try row.next(),
      resolution: try row.next(), closureCode: try row.next(), actor: try Actor(storedIn: &row), name: try row.next(),
      attempts: try row.next())
  }
}

extension Actor {
  /// Kind, id and way in: who asked for it, for what is done of it afterwards is his act.
  package init(storedIn row: inout RowReader) throws {
    let (kind, id, via): (String, Int64, String) = (try row.next(), try row.next(), try row.next())
    self.init(kind: Kind(rawValue: kind) ?? .system, id: id, via: Via(rawValue: via) ?? .job)
  }
}

/// It is done, or left with the reason.
struct SettleCascade: Statement {
  let tenant: TenantId
  let id: Int64
  /// Nil: it is done.
  let fault: Failure?
  let now: Instant

  static let sql = """
    update desk.cascade_item set state = $3, fault = $4, fault_words = $5, settled_at = $6 where tenant_id = $1 and id = $2 and state = 'waiting'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(fault == nil ? "done" : "left")
    parameters.append(fault?.told.code)
    parameters.append(json: fault?.told.words)
    parameters.append(now)
  }
}

/// It could not be tried to the end once more.
struct CountCascadeAttempt: Statement {
  let tenant: TenantId
  let id: Int64

  static let sql = "update desk.cascade_item set attempts = attempts + 1 where tenant_id = $1 and id = $2 and state = 'waiting' returning attempts"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

extension Failure {
  /// Its code, and its words in each language: of one with fields those of the first.
  fileprivate var told: (code: String, words: Value) {
    let words = Language.allCases.map { language in
      Value.Member(language.rawValue, .text(violations.first.map { $0.message.text(language, $0.arguments) } ?? text(language)))
    }
    return (violations.first?.message.key ?? code, .object(words))
  }
}

/// What became of the tickets that were to end with one, the newest act first.
struct CascadesOfTicket: Statement {
  struct Found: Sendable {
    let id: Int64
    let ticket: [UInt8]
    let number: Int64
    let title: String
    let act: String
    let state: String
    let fault: String?
    let words: Value?
    let actorName: String
    let recordedAt: Instant
    let settledAt: Instant?
  }

  let tenant: TenantId
  let ticket: Int64
  let before: Int64
  let limit: Int64

  static let sql = """
    select c.id, t.public_id, t.number, t.title, c.act, c.state, c.fault, c.fault_words, c.actor_name, c.recorded_at, c.settled_at
    from desk.cascade_item c join desk.ticket t on t.tenant_id = c.tenant_id and t.id = c.ticket_id
    where c.tenant_id = $1 and c.parent_id = $2 and c.id < $3 order by c.id desc limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(before)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), ticket: try row.next(), number: try row.next(), title: try row.next(), act: try row.next(), state: try row.next(),
      fault: try row.next(), words: try row.next(), actorName: try row.next(), recordedAt: try row.next(), settledAt: try row.next())
  }
}
