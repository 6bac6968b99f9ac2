import Kernel
import Operations
import Postgres
import TypedFields

extension AttributeDefinition {
  /// `d` is the definition. A customer's transaction finds those of which it may know.
  static let select = """
    select d.id, d.public_id, d.process, d.key, d.type, d.is_internal, d.only_tenant_ids, d.content, d.state = 'active', d.seq, d.version
    from attributes.definition d
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    process = AttributeProcess(rawValue: try row.next()) ?? .incident
    key = try row.next()
    type = FieldDefinition.Kind(rawValue: try row.next()) ?? .text
    isInternal = try row.next()
    onlyTenants = try row.next()
    content = try AttributeContent(try row.next() as Value)
    isActive = try row.next()
    seq = try row.next()
    version = try row.next()
  }
}

/// Those of some keys, retired ones among them.
struct DefinitionsByKey: Statement {
  let process: AttributeProcess
  let keys: [String]

  static let sql = "\(AttributeDefinition.select) where d.process = $1 and d.key = any ($2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(process.rawValue)
    parameters.append(keys)
  }

  static func decode(_ row: inout RowReader) throws -> AttributeDefinition { try AttributeDefinition(&row) }
}

/// The keys of those in use for a customer's tickets; what is retired or another's is not told.
struct KeysInUse: Statement {
  let process: AttributeProcess
  /// Nil: tickets of nobody in particular.
  let customer: TenantId?
  /// Whether those for tickets of some categories are left out.
  var ofAllCategories = false

  static let sql = """
    select d.key from attributes.definition d
    where d.process = $1 and d.state = 'active' and (d.only_tenant_ids is null or $2 = any (d.only_tenant_ids))
      and (not $3 or (d.content -> 'categories') is null)
    order by d.key limit 100
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(process.rawValue)
    parameters.append(customer)
    parameters.append(ofAllCategories)
  }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// One that staff who serve these customers, or a customer's people, may see.
struct DefinitionByPublicId: Statement {
  /// Nil: all.
  let customers: [Int64]?
  let publicId: PublicId

  static let isVisible = "($1::bigint[] is null or d.only_tenant_ids is null or d.only_tenant_ids && $1)"
  static let sql = "\(AttributeDefinition.select) where \(isVisible) and d.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(customers)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> AttributeDefinition { try AttributeDefinition(&row) }
}

struct DefinitionPage: Statement {
  /// Nil: all.
  let customers: [Int64]?
  let process: AttributeProcess?
  let isActive: Bool?
  /// Those that are for tickets of this customer; nil: of whomever.
  let customer: TenantId?
  let after: (process: String, key: String)
  let limit: Int64

  static let sql = """
    \(AttributeDefinition.select)
    where \(DefinitionByPublicId.isVisible) and ($2::text is null or d.process = $2) and ($3::boolean is null or (d.state = 'active') = $3)
      and ($4::bigint is null or d.only_tenant_ids is null or $4 = any (d.only_tenant_ids)) and (d.process, d.key) > ($5, $6)
    order by d.process, d.key limit $7
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(customers)
    parameters.append(process?.rawValue)
    parameters.append(isActive)
    parameters.append(customer)
    parameters.append(after.process)
    parameters.append(after.key)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> AttributeDefinition { try AttributeDefinition(&row) }
}

/// Lets one count at a time: of the definitions of a process the first is held. Where there is none yet, there are not too many.
struct HoldDefinitions: Statement {
  let process: AttributeProcess

  static let sql = "select d.id from attributes.definition d where d.process = $1 order by d.id limit 1 for no key update"

  func bind(to parameters: inout Parameters) { parameters.append(process.rawValue) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// How many are in use besides one: for all customers, or, of the customer of these who has most, of his own.
struct CountDefinitions: Statement {
  let process: AttributeProcess
  /// Nil: for all.
  let customers: [Int64]?
  let besides: Int64

  static let sql = """
    select case when $2::bigint[] is null
      then (select count(*) from attributes.definition d where d.process = $1 and d.state = 'active' and d.only_tenant_ids is null and d.id <> $3)
      else (select coalesce(max(n.held), 0) from (
        select count(*) as held from unnest($2::bigint[]) c (id)
        join attributes.definition d on d.process = $1 and d.state = 'active' and c.id = any (d.only_tenant_ids) and d.id <> $3 group by c.id) n)
      end
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(process.rawValue)
    parameters.append(customers)
    parameters.append(besides)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Which of some categories are in use.
struct CategoriesInUse: Statement {
  let keys: [String]

  static let sql = "select key from desk.pub_code where list = 'category' and key = any ($1)"

  func bind(to parameters: inout Parameters) { parameters.append(keys) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

struct InsertDefinition: Statement {
  let publicId: PublicId
  let process: AttributeProcess
  let key: String
  let type: FieldDefinition.Kind
  let isInternal: Bool
  let onlyTenants: [Int64]?
  let content: AttributeContent
  let author: String
  let now: Instant

  static let sql = """
    with definition as (
      insert into attributes.definition (public_id, process, key, type, is_internal, only_tenant_ids, content, recorded_at)
      values ($1, $2, $3, $4, $5, $6, $7, $9) returning id)
    insert into attributes.definition_version (definition_id, seq, content, author_name, recorded_at)
    select id, 1, $7, $8, $9 from definition returning definition_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(process.rawValue)
    parameters.append(key)
    parameters.append(type.rawValue)
    parameters.append(isInternal)
    parameters.append(onlyTenants)
    parameters.append(json: content.stored)
    parameters.append(author)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No row when another one came first.
struct ReviseDefinition: Statement {
  let id: Int64
  let version: Int64
  let onlyTenants: [Int64]?
  let content: AttributeContent
  let author: String
  let now: Instant

  static let sql = """
    with definition as (
      update attributes.definition set only_tenant_ids = $3, content = $4, seq = seq + 1, version = version + 1
      where id = $1 and version = $2 and state = 'active' returning id, seq)
    insert into attributes.definition_version (definition_id, seq, content, author_name, recorded_at)
    select id, seq, $4, $5, $6 from definition returning seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(onlyTenants)
    parameters.append(json: content.stored)
    parameters.append(author)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// What a definition was, the newest first.
struct RevisionsOfDefinition: Statement {
  struct Found: Sendable {
    let seq: Int64
    let content: Value
    let author: String
    let recordedAt: Instant
  }

  let definition: Int64
  let before: Int64
  let limit: Int64

  static let sql = """
    select v.seq, v.content, v.author_name, v.recorded_at from attributes.definition_version v
    where v.definition_id = $1 and v.seq < $2 order by v.seq desc limit $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(definition)
    parameters.append(before)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(seq: try row.next(), content: try row.next(), author: try row.next(), recordedAt: try row.next())
  }
}

/// No row when another one came first.
struct SetDefinitionState: Statement {
  let id: Int64
  let version: Int64
  let isActive: Bool

  static let sql = "update attributes.definition set state = $3, version = version + 1 where id = $1 and version = $2 returning version"

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(isActive ? "active" : "retired")
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
