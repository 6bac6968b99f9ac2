import Kernel
import Operations
import Postgres

/// A kind of work or a rate class.
struct TimeCodeRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let kind: TimeCodeKind
  let code: String
  let names: LocalText
  let billable: Bool?
  let use: RateUse?
  let isActive: Bool
  let version: Int64

  static let select = "select id, public_id, kind, code, names, billable, applies, state = 'active', version from time_entries.code"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    kind = TimeCodeKind(rawValue: try row.next()) ?? .workType
    code = try row.next()
    let names: Value = try row.next()
    self.names = LocalText(names)
    billable = try row.next()
    let applies: String? = try row.next()
    use = applies.flatMap(RateUse.init(rawValue:))
    isActive = try row.next()
    version = try row.next()
  }
}

struct TimeCodeByPublicId: Statement {
  let publicId: PublicId

  static let sql = "\(TimeCodeRow.select) where public_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  static func decode(_ row: inout RowReader) throws -> TimeCodeRow { try TimeCodeRow(&row) }
}

struct TimeCodeByCode: Statement {
  let kind: TimeCodeKind
  let code: String

  static let sql = "\(TimeCodeRow.select) where kind = $1 and code = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(kind.rawValue)
    parameters.append(code)
  }

  static func decode(_ row: inout RowReader) throws -> TimeCodeRow { try TimeCodeRow(&row) }
}

/// In the order of kinds and codes.
struct TimeCodes: Statement {
  let kind: TimeCodeKind?
  let state: String?
  let afterKind: String
  let afterCode: String
  let limit: Int64

  static let sql = """
    \(TimeCodeRow.select) where ($1::text is null or kind = $1) and ($2::text is null or state = $2) and (kind, code) > ($3, $4)
    order by kind, code limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(kind?.rawValue)
    parameters.append(state)
    parameters.append(afterKind)
    parameters.append(afterCode)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> TimeCodeRow { try TimeCodeRow(&row) }
}

/// The rate classes that count by themselves.
struct RateClassesInUse: Statement {
  static let sql = "\(TimeCodeRow.select) where kind = 'rate_class' and state = 'active' and applies <> 'named'"

  static func decode(_ row: inout RowReader) throws -> TimeCodeRow { try TimeCodeRow(&row) }
}

struct InsertTimeCode: Statement {
  let publicId: PublicId
  let kind: TimeCodeKind
  let code: String
  let names: LocalText
  let billable: Bool?
  let use: RateUse?
  let now: Instant

  static let sql = """
    insert into time_entries.code (public_id, kind, code, names, billable, applies, recorded_at) values ($1, $2, $3, $4, $5, $6, $7) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(kind.rawValue)
    parameters.append(code)
    parameters.append(json: names.value ?? .null)
    parameters.append(billable)
    parameters.append(use?.rawValue)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Counts a change; no row when another came first.
struct UpdateTimeCode: Statement {
  let id: Int64
  let version: Int64
  let names: LocalText
  let billable: Bool?
  let isActive: Bool

  static let sql = """
    update time_entries.code set names = $3, billable = $4, state = $5, version = version + 1 where id = $1 and version = $2 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(json: names.value ?? .null)
    parameters.append(billable)
    parameters.append(isActive ? "active" : "retired")
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
