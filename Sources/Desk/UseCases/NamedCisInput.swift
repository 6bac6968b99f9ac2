import Kernel
import Operations

/// The CIs that a body names: those of the customer, those that the provider shares, and which is the primary one.
struct NamedCisInput: Sendable {
  let cis: [PublicId]
  let sharedCis: [PublicId]
  let primary: PublicId?

  private static let ci = Field.id("ci", .ticketCi, "A configuration item of the customer.", "客户的配置项。")
  private static let sharedCi = Field.id("sharedCi", .sharedCi, "A configuration item that the provider shares.", "服务商共享的配置项。")
  static let cis = Field<[PublicId]>.list(
    "cis", of: ci, count: 0...50, "Configuration items of the customer that it is about, in their life.", "所涉及的客户配置项（须未退役）。")
  static let sharedCis = Field<[PublicId]>.list(
    "sharedCis", of: sharedCi, count: 0...50, "Configuration items that the provider shares and that affect the customer; staff only.",
    "所涉及的、影响该客户的服务商共享配置项（仅服务商人员）。")
  static let primaryCi = Field.id(
    "primaryCi", .ticketCi, "The one of the customer's that it is about above all; it need not stand in the list as well.", "最主要的客户配置项；无需在列表中重复。")

  init(_ values: InputValues) throws(FieldError) {
    cis = try values[Self.cis.optional] ?? []
    sharedCis = try values[Self.sharedCis.optional] ?? []
    primary = try values[Self.primaryCi.optional]
  }

  var isEmpty: Bool { cis.isEmpty && sharedCis.isEmpty && primary == nil }
}

/// A change of the CIs that a ticket names: each list as a whole.
struct ChangedCisInput: Sendable {
  let cis: Change<[PublicId]>
  let sharedCis: Change<[PublicId]>
  let primary: Change<PublicId>

  init(_ values: InputValues) throws(FieldError) {
    cis = try values[NamedCisInput.cis.clearable]
    sharedCis = try values[NamedCisInput.sharedCis.clearable]
    primary = try values[NamedCisInput.primaryCi.clearable]
  }

  var isEmpty: Bool { cis.isKeep && sharedCis.isKeep && primary.isKeep }
}

extension OperationContext {
  /// Names CIs of a ticket that is about to be made.
  func name(_ input: NamedCisInput, in cis: inout TicketCis, openedAt: Instant) async throws {
    for ci in try await cisToName(input.cis, openedAt: openedAt, path: { "cis[\($0)]" }) { try cis.add(ci) }
    for ci in try await sharedCisToName(input.sharedCis, path: { "sharedCis[\($0)]" }) { try cis.add(ci) }
    if let primary = input.primary { try await makePrimary(primary, in: &cis, openedAt: openedAt) }
  }

  /// Changes the CIs of a ticket. What it names already it may keep, whatever became of it.
  func change(_ input: ChangedCisInput, in cis: inout TicketCis, openedAt: Instant) async throws {
    // What goes makes room for what comes.
    if let wanted = input.cis.list { cis.keep(only: wanted, isShared: false) }
    if let wanted = input.sharedCis.list { cis.keep(only: wanted, isShared: true) }
    if let wanted = input.cis.list {
      for added in try await cisToName(cis.without(wanted, isShared: false), openedAt: openedAt, path: place("cis", in: wanted, cis, isShared: false)) {
        try cis.add(added)
      }
    }
    if let wanted = input.sharedCis.list {
      for added in try await sharedCisToName(cis.without(wanted, isShared: true), path: place("sharedCis", in: wanted, cis, isShared: true)) {
        try cis.add(added)
      }
    }
    switch input.primary {
    case .keep: break
    case .clear: cis.makePrimary(nil)
    case .set(let primary): try await makePrimary(primary, in: &cis, openedAt: openedAt)
    }
  }

  private func makePrimary(_ id: PublicId, in cis: inout TicketCis, openedAt: Instant) async throws {
    let key = NamedCi.Key(isShared: false, publicId: id.random)
    if !cis.names(key) {
      for ci in try await cisToName([id], openedAt: openedAt, path: { _ in "primaryCi" }) { try cis.add(ci) }
    }
    cis.makePrimary(key)
  }

  /// The path of the n-th of those that the ticket does not name yet.
  private func place(_ field: String, in wanted: [PublicId], _ cis: TicketCis, isShared: Bool) -> (Int) -> String {
    let places = wanted.indices.filter { !cis.names(NamedCi.Key(isShared: isShared, publicId: wanted[$0].random)) }
    return { place in places.indices.contains(place) ? "\(field)[\(places[place])]" : field }
  }

  /// For the history: which CI gave the tier.
  func tierFrom(_ cis: TicketCis) -> Value { .id(cis.named.first(where: \.gaveTier).map { id(of: $0.key) }) }
}

extension Change where Wrapped == [PublicId] {
  /// The whole list; nil: it stays as it is.
  fileprivate var list: [PublicId]? {
    switch self {
    case .keep: nil
    case .clear: []
    case .set(let list): list
    }
  }
}

extension TicketCis {
  /// Those of a list that are not named yet.
  fileprivate func without(_ wanted: [PublicId], isShared: Bool) -> [PublicId] {
    wanted.filter { !names(NamedCi.Key(isShared: isShared, publicId: $0.random)) }
  }

  /// Takes off those of a kind that are not in the list.
  fileprivate mutating func keep(only wanted: [PublicId], isShared: Bool) {
    for ci in named where ci.key.isShared == isShared && !wanted.contains(where: { $0.random == ci.key.publicId }) { remove(ci.key) }
  }
}
