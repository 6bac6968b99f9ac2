import Kernel
import Operations
import Postgres

/// A level of the list of CI tiers.
struct CiTierRow: Sendable {
  let code: String
  let rank: Int64
  let name: LocalText
  let isActive: Bool
  let version: Int64

  static let columns = "code, rank, name, state, version"

  init(_ row: inout RowReader) throws {
    code = try row.next()
    rank = try row.next()
    let name: Value? = try row.next()
    self.name = LocalText(name)
    let state: String = try row.next()
    isActive = state == "active"
    version = try row.next()
  }
}

/// The version of a tier, if there is one of that code.
struct VersionOfCiTier: Statement {
  let code: String

  static let sql = "select version from contracts.ci_tier where code = $1"

  func bind(to parameters: inout Parameters) { parameters.append(code) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Adds a tier, or says anew what a code means; no row when another was faster.
struct SetCiTierRow: Statement {
  let code: String
  let rank: Int64
  let name: LocalText
  let isActive: Bool
  let now: Instant
  /// The one that it takes the place of; nil: it is new.
  let version: Int64?

  static let sql = """
    insert into contracts.ci_tier as t (code, rank, name, state, recorded_at) values ($1, $2, $3, $4, $5)
    on conflict (code) do update set rank = excluded.rank, name = excluded.name, state = excluded.state, version = t.version + 1
      where t.version = $6
    returning \(CiTierRow.columns), id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(code)
    parameters.append(rank)
    parameters.append(json: name.value)
    parameters.append(isActive ? "active" : "retired")
    parameters.append(now)
    parameters.append(version)
  }

  static func decode(_ row: inout RowReader) throws -> (tier: CiTierRow, id: Int64) {
    (try CiTierRow(&row), try row.next())
  }
}

/// The tiers, the most critical first.
struct CiTiers: Statement {
  let afterRank: Int64
  let afterCode: String
  let limit: Int64

  static let sql = """
    select \(CiTierRow.columns) from contracts.ci_tier where (rank, code) > ($1, $2) order by rank, code limit $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(afterRank)
    parameters.append(afterCode)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> CiTierRow { try CiTierRow(&row) }
}

/// The codes of those in use.
struct ActiveCiTiers: Statement {
  static let sql = "select code from contracts.ci_tier where state = 'active'"

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
