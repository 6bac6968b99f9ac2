import Kernel
import Operations
import Postgres

/// A CI that is to be recorded.
struct NewCi: Sendable {
  let publicId: PublicId
  let type: Int64
  let content: CiContent
}

/// Records CIs, in no particular order.
struct InsertCis: Statement {
  let tenant: TenantId
  let cis: [NewCi]
  let now: Instant

  static let sql = """
    insert into assets.ci
      (tenant_id, public_id, type_id, name, name_key, state, owner_id, unit_id, ci_tier, service_id, serial, serial_key, asset_tag, tag_key,
       warranty_until, cost_minor, cost_currency, attributes, type_seq, confirmed_at, recorded_at)
    select $1, x.public_id, x.type_id, x.name, x.name_key, x.state, x.owner_id, x.unit_id, x.ci_tier, x.service_id, x.serial, x.serial_key, x.asset_tag,
      x.tag_key, x.warranty_until, x.cost_minor, x.cost_currency, x.attributes, x.type_seq, $20, $20
    from unnest($2::bytea[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::text[], $10::bigint[], $11::text[],
      $12::text[], $13::text[], $14::text[], $15::date[], $16::bigint[], $17::text[], $18::jsonb[], $19::bigint[])
      as x (public_id, type_id, name, name_key, state, owner_id, unit_id, ci_tier, service_id, serial, serial_key, asset_tag, tag_key, warranty_until,
        cost_minor, cost_currency, attributes, type_seq)
    returning id, public_id
    """

  func bind(to parameters: inout Parameters) {
    let contents = cis.map(\.content)
    parameters.append(tenant)
    parameters.append(cis.map(\.publicId.random))
    parameters.append(cis.map(\.type))
    parameters.append(contents.map(\.name))
    parameters.append(contents.map { MatchKey.of($0.name) })
    parameters.append(contents.map(\.state.rawValue))
    parameters.append(contents.map(\.owner?.row))
    parameters.append(contents.map(\.unit?.row))
    parameters.append(contents.map(\.tier))
    parameters.append(contents.map(\.service?.row))
    parameters.append(contents.map(\.serial))
    parameters.append(contents.map { $0.serial.map(MatchKey.of) })
    parameters.append(contents.map(\.assetTag))
    parameters.append(contents.map { $0.assetTag.map(MatchKey.of) })
    parameters.append(contents.map(\.warrantyUntil))
    parameters.append(contents.map(\.cost?.minorUnits))
    parameters.append(contents.map(\.cost?.currency.code))
    parameters.append(json: contents.map(\.attributeValue))
    parameters.append(contents.map(\.typeRevision))
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> (id: Int64, publicId: [UInt8]) { (try row.next(), try row.next()) }
}

/// Writes a CI as it is now. No row when another change came first.
struct UpdateCi: Statement {
  let tenant: TenantId
  let id: Int64
  let version: Int64
  let content: CiContent
  /// Nil: who writes it has not seen it.
  let confirmedAt: Instant?

  static let sql = """
    update assets.ci set name = $4, name_key = $5, state = $6, owner_id = $7, unit_id = $8, ci_tier = $9, service_id = $10, serial = $11,
      serial_key = $12, asset_tag = $13, tag_key = $14, warranty_until = $15, cost_minor = $16, cost_currency = $17, attributes = $18,
      confirmed_at = coalesce($19, confirmed_at), type_seq = $20, version = version + 1
    where tenant_id = $1 and id = $2 and version = $3 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(version)
    parameters.append(content.name)
    parameters.append(MatchKey.of(content.name))
    parameters.append(content.state.rawValue)
    parameters.append(content.owner?.row)
    parameters.append(content.unit?.row)
    parameters.append(content.tier)
    parameters.append(content.service?.row)
    parameters.append(content.serial)
    parameters.append(content.serial.map(MatchKey.of))
    parameters.append(content.assetTag)
    parameters.append(content.assetTag.map(MatchKey.of))
    parameters.append(content.warrantyUntil)
    parameters.append(content.cost?.minorUnits)
    parameters.append(content.cost?.currency.code)
    parameters.append(json: content.attributeValue)
    parameters.append(confirmedAt)
    parameters.append(content.typeRevision)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Says that CIs were seen as they are recorded: nothing of them changes.
struct ConfirmCis: Statement {
  let tenant: TenantId
  let ids: [Int64]
  let now: Instant

  static let sql = "update assets.ci set confirmed_at = $3 where tenant_id = $1 and id = any($2) returning id"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ids)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Counts changes that stand beside CIs (relations, what covers them). No row of a CI of which another change came first.
struct CountCiChanges: Statement {
  let tenant: TenantId
  /// Each CI once, with the version that it has and the one that the last of its changes makes.
  let counted: [(ci: Int64, was: Int64, became: Int64)]

  static let sql = """
    update assets.ci c set version = x.became
    from unnest($2::bigint[], $3::bigint[], $4::bigint[]) as x (id, was, became)
    where c.tenant_id = $1 and c.id = x.id and c.version = x.was returning c.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(counted.map { $0.ci })
    parameters.append(counted.map { $0.was })
    parameters.append(counted.map { $0.became })
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A field of a CI that changed.
struct CiChange: Sendable {
  let ci: Int64
  /// The version of the CI that it made; nil for what was done at the other end of a relation.
  let seq: Int64?
  let change: FieldChange
}

struct InsertCiChanges: Statement {
  let tenant: TenantId
  let changes: [CiChange]
  let principal: Principal
  let now: Instant

  static let sql = """
    insert into assets.ci_change (tenant_id, ci_id, seq, field, was, became, actor_kind, actor_id, actor_name, on_behalf_of, via, recorded_at)
    select $1, x.ci_id, x.seq, x.field, x.was, x.became, $7, $8, $9, $10, $11, $12
    from unnest($2::bigint[], $3::bigint[], $4::text[], $5::jsonb[], $6::jsonb[]) with ordinality as x (ci_id, seq, field, was, became, place)
    order by x.place
    returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(changes.map(\.ci))
    parameters.append(changes.map(\.seq))
    parameters.append(changes.map(\.change.field))
    parameters.append(json: changes.map(\.change.was))
    parameters.append(json: changes.map(\.change.became))
    parameters.append(principal.actor.kind.rawValue)
    parameters.append(principal.actor.id)
    parameters.append(principal.name)
    parameters.append(principal.actor.onBehalfOf)
    parameters.append(principal.actor.via.rawValue)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// What changed of a CI, the newest first.
struct ChangesOfCi: Statement {
  struct Found: Sendable {
    let id: Int64
    let seq: Int64?
    let change: FieldChange
    let actorKind: String
    let actorName: String
    let via: String
    let recordedAt: Instant

    /// Without the codes of services that are not for the caller.
    func hiding(_ services: Set<String>) -> Found {
      guard change.field == "service" else { return self }
      func shown(_ value: Value) -> Value { value.text.map { services.contains($0) ? .null : value } ?? value }
      return Found(
        id: id, seq: seq, change: FieldChange(change.field, was: shown(change.was), became: shown(change.became)), actorKind: actorKind,
        actorName: actorName, via: via, recordedAt: recordedAt)
    }
  }

  let tenant: TenantId
  let ci: Int64
  let withCost: Bool
  let before: Int64
  let limit: Int64

  static let sql = """
    select h.id, h.seq, h.field, h.was, h.became, h.actor_kind, h.actor_name, h.via, h.recorded_at
    from assets.ci_change h
    where h.tenant_id = $1 and h.ci_id = $2 and ($3 or h.field <> 'cost') and h.id < $4 order by h.id desc limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ci)
    parameters.append(withCost)
    parameters.append(before)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let (id, seq, field): (Int64, Int64?, String) = (try row.next(), try row.next(), try row.next())
    let (was, became): (Value, Value) = (try row.next(), try row.next())
    return Found(
      id: id, seq: seq, change: FieldChange(field, was: was, became: became), actorKind: try row.next(), actorName: try row.next(),
      via: try row.next(), recordedAt: try row.next())
  }
}

/// What the tier and the service of a CI may name.
struct ActiveTiers: Statement {
  static let sql = "select code from contracts.pub_ci_tier where state = 'active'"

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

struct ServicesOfCodes: Statement {
  let codes: [String]
  /// Whose CI is to name them: what was designed for another customer is not there.
  let tenant: TenantId

  static let sql = """
    select service_id, code from catalog.pub_service where code = any($1) and (only_tenant_id is null or only_tenant_id = $2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(codes)
    parameters.append(tenant)
  }

  static func decode(_ row: inout RowReader) throws -> CiContent.Service { CiContent.Service(row: try row.next(), code: try row.next()) }
}
