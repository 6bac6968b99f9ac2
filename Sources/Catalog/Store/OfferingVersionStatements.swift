import Kernel
import Operations
import Postgres

struct InsertOfferingVersion: Statement {
  let offering: Int64
  let seq: Int64
  let content: Value
  let now: Instant

  static let sql = """
    insert into catalog.offering_version (offering_id, seq, content, published_at, only_tenant_id)
    select o.id, $2, $3, $4, o.only_tenant_id from catalog.offering o where o.id = $1 returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(offering)
    parameters.append(seq)
    parameters.append(json: content)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A published version and what it says, without its tasks.
struct OfferingVersionRow: Sendable {
  let id: Int64
  let seq: Int64
  let publishedAt: Instant
  let content: Value
}

/// The published versions of an offering, the newest first, with what they say.
struct OfferingVersions: Statement {
  let offering: Int64
  let before: Int64
  let limit: Int64

  static let sql = """
    select v.id, v.seq, v.published_at, v.content from catalog.offering_version v where v.offering_id = $1 and v.seq < $2 order by v.seq desc limit $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(offering)
    parameters.append(before)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> OfferingVersionRow {
    OfferingVersionRow(id: try row.next(), seq: try row.next(), publishedAt: try row.next(), content: try row.next())
  }
}

/// The same as they are listed: of a content, which may be hundreds of kilobytes, the name alone.
struct OfferingVersionsListed: Statement {
  struct Found: Sendable {
    let seq: Int64
    let publishedAt: Instant
    let name: Value
  }

  let offering: Int64
  let before: Int64
  let limit: Int64

  static let sql = """
    select v.seq, v.published_at, v.content -> 'name' from catalog.offering_version v where v.offering_id = $1 and v.seq < $2 order by v.seq desc limit $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(offering)
    parameters.append(before)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(seq: try row.next(), publishedAt: try row.next(), name: try row.next() ?? .null)
  }
}

struct InsertTasks: Statement {
  let version: Int64
  let tasks: [FulfilmentTask]
  let teams: [String: Int64]

  static let sql = """
    insert into catalog.fulfilment_task (offering_version_id, seq, step, names, team_id, carries_access)
    select $1, t.seq, t.step, t.names, t.team_id, t.carries_access
    from unnest($2::bigint[], $3::bigint[], $4::jsonb[], $5::bigint[], $6::boolean[]) as t (seq, step, names, team_id, carries_access)
    on conflict do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(version)
    parameters.append(tasks.indices.map { Int64($0) + 1 })
    parameters.append(tasks.map(\.step))
    parameters.append(json: tasks.map { task -> Value in task.name.value ?? .null })
    parameters.append(tasks.map { teams[$0.team] })
    parameters.append(tasks.map(\.access))
  }
}

/// The tasks of versions, in their order.
struct TasksOfVersions: Statement {
  struct Found: Sendable {
    let version: Int64
    let task: FulfilmentTask
  }

  let versions: [Int64]

  static let sql = """
    select t.offering_version_id, t.names, t.step, m.name, t.carries_access
    from catalog.fulfilment_task t join desk.pub_team m on m.team_id = t.team_id
    where t.offering_version_id = any($1) order by t.offering_version_id, t.seq
    """

  func bind(to parameters: inout Parameters) { parameters.append(versions) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      version: try row.next(),
      task: FulfilmentTask(
        name: LocalText(try row.next() as Value?), step: try row.next(), team: try row.next(), access: try row.next()))
  }
}

/// The pairs that the provider's priority matrix has a priority for.
struct LevelsOfMatrix: Statement {
  struct Found: Sendable {
    let impact: Int64
    let urgency: Int64
  }

  static let sql = "select p.impact, p.urgency from desk.pub_priority p"

  static func decode(_ row: inout RowReader) throws -> Found { Found(impact: try row.next(), urgency: try row.next()) }
}

struct TeamsOfNames: Statement {
  struct Found: Sendable {
    let name: String
    let id: Int64
  }

  let names: [String]

  static let sql = "select name, team_id from desk.pub_team where name = any($1)"

  func bind(to parameters: inout Parameters) { parameters.append(names) }

  static func decode(_ row: inout RowReader) throws -> Found { Found(name: try row.next(), id: try row.next()) }
}
