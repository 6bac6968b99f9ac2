import Kernel

/// Where something was found.
struct TicketPlace: Hashable, Sendable {
  let kind: TicketKind
  /// Whose row it is: of what is the provider's own, the provider.
  let tenant: TenantId
  let id: Int64
  let openedAt: Instant

  /// Where the first page begins: before everything.
  static let first = TicketPlace(kind: .incident, tenant: TenantId(Int64.max), id: Int64.max, openedAt: Instant.accepted.upperBound)

  /// Whether it comes before another: the one opened last first, then by kinds, then by keys.
  func comesBefore(_ other: TicketPlace) -> Bool {
    if openedAt != other.openedAt { return openedAt > other.openedAt }
    if kind != other.kind { return kind.rank < other.kind.rank }
    if tenant != other.tenant { return tenant > other.tenant }
    return id > other.id
  }

  /// The key behind which those of a kind go on after this one.
  func key(for other: TicketKind) -> Key {
    if kind == other { return Key(openedAt: openedAt, tenant: tenant.rawValue, id: id) }
    // Of its instant all of an earlier kind were shown, and none of a later one.
    let edge: Int64 = other.rank < kind.rank ? 0 : .max
    return Key(openedAt: openedAt, tenant: edge, id: edge)
  }

  struct Key: Hashable, Sendable {
    let openedAt: Instant
    let tenant: Int64
    let id: Int64
  }

  var cursor: PageCursor { PageCursor([.integer(openedAt.microseconds), .text(kind.rawValue), .integer(tenant.rawValue), .integer(id)]) }
}

extension TicketPlace {
  init(_ cursor: PageCursor) throws {
    openedAt = try cursor.instant(0)
    kind = TicketKind(rawValue: try cursor.text(1)) ?? .incident
    tenant = TenantId(try cursor.integer(2))
    id = try cursor.integer(3)
  }
}

/// What a caller may find of a kind.
struct TicketSight: Sendable {
  let kind: TicketKind
  /// Nil: of every customer.
  let tenants: [Int64]?
  /// Only what is about one of them, and not what may concern any.
  let isNarrowed: Bool
  let rows: RowScope
  /// Who asks: releases and major incidents are there for who opened, declared or leads them, too.
  let reader: Actor

  /// His account; nil: somebody without one.
  var account: Int64? { reader.kind == .staff || reader.kind == .service ? reader.id : nil }
}
