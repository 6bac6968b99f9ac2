import Kernel
import Operations
import Postgres

/// A code of one of the lists.
struct CodeRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let list: String
  let key: String
  let parent: [UInt8]?
  let names: LocalText
  let position: Int64
  let waitsFor: String?
  /// Of a category: the code of the service that a ticket of it is about; nil too where the reader may not know it.
  let service: String?
  let isActive: Bool
  let retiredAt: Instant?
  let version: Int64

  static let select = """
    select c.id, c.public_id, c.list, c.key, p.public_id, c.names, c.position, c.waits_for, s.code, c.state = 'active', c.retired_at, c.version
    from desk.code c left join desk.code p on p.id = c.parent_id
    left join desk.category_service g on g.list = c.list and g.key = c.key
    left join catalog.pub_service s on s.service_id = g.service_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    list = try row.next()
    key = try row.next()
    parent = try row.next()
    let names: Value = try row.next()
    self.names = LocalText(names)
    position = try row.next()
    waitsFor = try row.next()
    service = try row.next()
    isActive = try row.next()
    retiredAt = try row.next()
    version = try row.next()
  }
}

/// Codes that a body names.
struct CodesByKey: Statement {
  struct Found: Sendable {
    let list: String
    let key: String
    /// Nil where the list has no such code.
    let isActive: Bool?
    let waitsFor: String?
    /// Where it has none: some that it has, of a category those at the top and those beside it.
    var others: String?
  }

  let codes: [NamedCode]

  static let sql = """
    select w.list, w.key, c.state = 'active', c.waits_for,
      case when c.id is null then (
        select string_agg(o.key, ', ' order by o.position, o.key)
        from (
          select key, position from desk.code
          where list = w.list and state = 'active' and (parent_id is null or split_part(key, '/', 1) = split_part(w.key, '/', 1))
          order by position, key limit 20) o) end
    from unnest($1::text[], $2::text[]) w (list, key) left join desk.code c on c.list = w.list and c.key = w.key
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(codes.map(\.list.rawValue))
    parameters.append(codes.map(\.key))
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(list: try row.next(), key: try row.next(), isActive: try row.next(), waitsFor: try row.next(), others: try row.next())
  }
}

/// The numbers of a list of impact, urgency or priority, the retired among them; for the modules that stand on the desk.
package struct ListedNumbers: Statement {
  package struct Found: Sendable {
    package let number: Int64
    package let isActive: Bool
  }

  let list: CodeList

  package init(_ list: CodeList) { self.list = list }

  package static let sql = "select key::bigint, state = 'active' from desk.code where list = $1 order by key"

  package func bind(to parameters: inout Parameters) { parameters.append(list.rawValue) }

  package static func decode(_ row: inout RowReader) throws -> Found { Found(number: try row.next(), isActive: try row.next()) }
}

/// What a ticket of a category is about: what that category says, or the nearest above it that says anything.
struct ServiceOfCategory: Statement {
  struct Found: Sendable {
    /// The category that says it.
    let key: String
    /// Nil where the reader may not know of the service.
    let code: String?
  }

  let category: String

  static let sql = """
    select g.key, s.code from desk.category_service g left join catalog.pub_service s on s.service_id = g.service_id
    where g.list = 'category' and g.key = any($1) order by octet_length(g.key) desc limit 1
    """

  func bind(to parameters: inout Parameters) { parameters.append(CodeKey.branch(of: category)) }

  static func decode(_ row: inout RowReader) throws -> Found { Found(key: try row.next(), code: try row.next()) }
}

/// A service of the catalogue by its code, also one that is not sold yet.
struct CataloguedService: Statement {
  let code: String

  static let sql = "select service_id from catalog.pub_service where code = $1"

  func bind(to parameters: inout Parameters) { parameters.append(code) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A category says what a ticket of it is about.
struct SetServiceOfCategory: Statement {
  let key: String
  let service: Int64

  static let sql = """
    insert into desk.category_service (key, service_id) values ($1, $2) on conflict (list, key) do update set service_id = excluded.service_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(key)
    parameters.append(service)
  }
}

/// It says so no longer.
struct ClearServiceOfCategory: Statement {
  let key: String

  static let sql = "delete from desk.category_service where list = 'category' and key = $1"

  func bind(to parameters: inout Parameters) { parameters.append(key) }
}

/// The reasons by which a ticket waits for a supplier.
struct SupplierReasons: Statement {
  static let sql = "select key from desk.code where list = 'pending_reason' and waits_for = 'supplier'"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

struct CodeByPublicId: Statement {
  let publicId: PublicId

  static let sql = "\(CodeRow.select) where c.public_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  static func decode(_ row: inout RowReader) throws -> CodeRow { try CodeRow(&row) }
}

/// A list, or all of them, in its own order.
struct Codes: Statement {
  let list: String?
  let state: String?
  let after: (list: String, position: Int64, key: String)
  let limit: Int64

  static let sql = """
    \(CodeRow.select) where ($1::text is null or c.list = $1) and ($2::text is null or c.state = $2) and (c.list, c.position, c.key) > ($3, $4, $5)
    order by c.list, c.position, c.key limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(list)
    parameters.append(state)
    parameters.append(after.list)
    parameters.append(after.position)
    parameters.append(after.key)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> CodeRow { try CodeRow(&row) }
}

/// A category in use, held so that it is not retired before what is written below it is there.
struct HoldCategory: Statement {
  let key: String

  static let sql = "select id from desk.code where list = 'category' and key = $1 and state = 'active' for share"

  func bind(to parameters: inout Parameters) { parameters.append(key) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The first category below one that is in use.
struct ActiveChild: Statement {
  let parent: Int64

  static let sql = "select key from desk.code where parent_id = $1 and state = 'active' order by key limit 1"

  func bind(to parameters: inout Parameters) { parameters.append(parent) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

struct InsertCode: Statement {
  let publicId: PublicId
  let list: String
  let key: String
  let parent: Int64?
  let names: LocalText
  let position: Int64
  let waitsFor: String?
  let now: Instant

  static let sql = """
    insert into desk.code (public_id, list, key, parent_id, names, position, waits_for, recorded_at) values ($1, $2, $3, $4, $5, $6, $7, $8) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(list)
    parameters.append(key)
    parameters.append(parent)
    parameters.append(json: names.value ?? .null)
    parameters.append(position)
    parameters.append(waitsFor)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Writes a code as it is now; no row when another change came first.
struct UpdateCode: Statement {
  let id: Int64
  let version: Int64
  let names: LocalText
  let position: Int64
  /// Nil: it is in use.
  let retiredAt: Instant?

  static let sql = """
    update desk.code set names = $3, position = $4, state = case when $5::timestamptz is null then 'active' else 'retired' end, retired_at = $5,
      version = version + 1
    where id = $1 and version = $2 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(json: names.value ?? .null)
    parameters.append(position)
    parameters.append(retiredAt)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
