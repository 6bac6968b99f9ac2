import Kernel
import Postgres

/// A ticket whose attributes are written.
package struct AttributeSubject: Sendable {
  let tenant: TenantId
  let process: AttributeProcess
  let id: Int64
  /// Its place in lists.
  let openedAt: Instant

  package init(tenant: TenantId, _ process: AttributeProcess, _ id: Int64, openedAt: Instant) {
    (self.tenant, self.process, self.id, self.openedAt) = (tenant, process, id, openedAt)
  }

  fileprivate func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(process.rawValue)
    parameters.append(id)
  }
}

/// The values that a ticket holds from now on.
struct PutValues {
  let subject: AttributeSubject
  let changes: [AttributeEdit.Change]

  static let columns = """
    (tenant_id, process, subject_id, key, definition_id, value, code, opened_at)
    select $1, $2, $3, x.key, x.definition_id, x.value, x.code, $8 from unnest($4::text[], $5::bigint[], $6::jsonb[], $7::text[]) x (key, definition_id, value, code)
    on conflict (tenant_id, process, subject_id, key) do update set value = excluded.value, code = excluded.code
    """

  func bind(to parameters: inout Parameters) {
    subject.bind(to: &parameters)
    parameters.append(changes.map(\.key))
    parameters.append(changes.map(\.definition))
    parameters.append(json: changes.map { $0.became ?? .null })
    parameters.append(changes.map(\.code))
    parameters.append(subject.openedAt)
  }
}

struct PutShownValues: Statement {
  let values: PutValues
  static let sql = "insert into attributes.value \(PutValues.columns)"
  func bind(to parameters: inout Parameters) { values.bind(to: &parameters) }
}

struct PutInternalValues: Statement {
  let values: PutValues
  static let sql = "insert into attributes.internal_value \(PutValues.columns)"
  func bind(to parameters: inout Parameters) { values.bind(to: &parameters) }
}

/// The values that a ticket does not hold any more.
struct DropValues {
  let subject: AttributeSubject
  let keys: [String]

  static let condition = "where tenant_id = $1 and process = $2 and subject_id = $3 and key = any ($4)"

  func bind(to parameters: inout Parameters) {
    subject.bind(to: &parameters)
    parameters.append(keys)
  }
}

struct DropShownValues: Statement {
  let values: DropValues
  static let sql = "delete from attributes.value \(DropValues.condition)"
  func bind(to parameters: inout Parameters) { values.bind(to: &parameters) }
}

struct DropInternalValues: Statement {
  let values: DropValues
  static let sql = "delete from attributes.internal_value \(DropValues.condition)"
  func bind(to parameters: inout Parameters) { values.bind(to: &parameters) }
}

/// What an event of the history changed.
struct NoteChanges {
  let subject: AttributeSubject
  let seq: Int64
  let changes: [AttributeEdit.Change]
  let now: Instant

  static let columns = """
    (tenant_id, process, subject_id, seq, key, was, became, recorded_at)
    select $1, $2, $3, $4, x.key, x.was, x.became, $8 from unnest($5::text[], $6::jsonb[], $7::jsonb[]) x (key, was, became)
    on conflict do nothing
    """

  func bind(to parameters: inout Parameters) {
    subject.bind(to: &parameters)
    parameters.append(seq)
    parameters.append(changes.map(\.key))
    parameters.append(json: changes.map(\.was))
    parameters.append(json: changes.map(\.became))
    parameters.append(now)
  }
}

struct NoteShownChanges: Statement {
  let changes: NoteChanges
  static let sql = "insert into attributes.change \(NoteChanges.columns)"
  func bind(to parameters: inout Parameters) { changes.bind(to: &parameters) }
}

struct NoteInternalChanges: Statement {
  let changes: NoteChanges
  static let sql = "insert into attributes.internal_change \(NoteChanges.columns)"
  func bind(to parameters: inout Parameters) { changes.bind(to: &parameters) }
}

/// What another ticket of the same customer holds and this one does not: it has it from there, and its history says so.
struct CarryValues {
  let from: Int64
  let subject: AttributeSubject
  let seq: Int64
  let now: Instant

  static let select = "select v.tenant_id, v.process, $3, v.key, v.definition_id, v.value, v.code, $6"
  static let condition = """
    where v.tenant_id = $1 and v.process = $2 and v.subject_id = $4
    on conflict (tenant_id, process, subject_id, key) do nothing returning key, value
    """
  static let note = "select $1, $2, $3, $5, c.key, null::jsonb, c.value, $7 from carried c on conflict do nothing"

  func bind(to parameters: inout Parameters) {
    subject.bind(to: &parameters)
    parameters.append(from)
    parameters.append(seq)
    parameters.append(subject.openedAt)
    parameters.append(now)
  }
}

struct CarryShownValues: Statement {
  let values: CarryValues
  static let sql = """
    with carried as (
      insert into attributes.value (tenant_id, process, subject_id, key, definition_id, value, code, opened_at)
      \(CarryValues.select) from attributes.value v \(CarryValues.condition))
    insert into attributes.change (tenant_id, process, subject_id, seq, key, was, became, recorded_at) \(CarryValues.note)
    """
  func bind(to parameters: inout Parameters) { values.bind(to: &parameters) }
}

struct CarryInternalValues: Statement {
  let values: CarryValues
  static let sql = """
    with carried as (
      insert into attributes.internal_value (tenant_id, process, subject_id, key, definition_id, value, code, opened_at)
      \(CarryValues.select) from attributes.internal_value v \(CarryValues.condition))
    insert into attributes.internal_change (tenant_id, process, subject_id, seq, key, was, became, recorded_at) \(CarryValues.note)
    """
  func bind(to parameters: inout Parameters) { values.bind(to: &parameters) }
}

/// What events of a history changed. A customer's transaction reads of the internal ones nothing.
struct ChangesOfEvents: Statement {
  struct Found: Sendable {
    let seq: Int64
    let key: String
    let was: Value?
    let became: Value?
  }

  let tenant: TenantId
  let process: AttributeProcess
  let subject: Int64
  let seqs: [Int64]

  static let sql = """
    select seq, key, was, became from attributes.change where tenant_id = $1 and process = $2 and subject_id = $3 and seq = any ($4)
    union all
    select seq, key, was, became from attributes.internal_change where tenant_id = $1 and process = $2 and subject_id = $3 and seq = any ($4)
    order by seq, key
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(process.rawValue)
    parameters.append(subject)
    parameters.append(seqs)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(seq: try row.next(), key: try row.next(), was: try row.next(), became: try row.next())
  }
}

extension AttributeFilter {
  /// The condition of a list that may be narrowed by a value, of the tenant that is its first parameter.
  /// - Parameters:
  ///   - id: what the list calls the id of a ticket.
  ///   - place: of the parameter that holds the key (null: the list is not narrowed); the next one holds the code.
  package static func condition(_ process: AttributeProcess, _ id: String, at place: Int) -> String {
    """
    ($\(place)::text is null or \(id) in (
      select a.subject_id from attributes.pub_value a
      where a.tenant_id = $1 and a.process = '\(process.rawValue)' and a.key = $\(place) and a.code = $\(place + 1)))
    """
  }
}

extension Parameters {
  /// The two parameters of ``AttributeFilter/condition(_:_:at:)``.
  package mutating func append(_ filter: AttributeFilter?) {
    append(filter?.key)
    append(filter?.code)
  }
}
