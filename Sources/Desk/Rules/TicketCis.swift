import Kernel

/// The CIs of a ticket in the hands of an act: which it names, and what they give it. An act changes them in memory; the shell writes
/// what differs (`TicketWork+Cis.swift`).
struct TicketCis: Sendable {
  /// So many a ticket names at the most.
  static let most = 100

  private(set) var named: [NamedCi]
  /// Those that the act took off, which were written before.
  private(set) var removed: [NamedCi] = []
  /// Whether somebody named the ticket's CI tier, and its service: then its CIs say nothing about that.
  var tierIsNamed: Bool
  var serviceIsNamed: Bool
  /// What the ticket's category says, where no CI says anything.
  var ofCategory: CategoryService?
  private let primaryBefore: NamedCi.Key?
  private let marksBefore: [Int64: [Bool]]

  /// - Parameter named: in the order in which they were named.
  init(_ named: [NamedCi] = [], tierIsNamed: Bool, serviceIsNamed: Bool) {
    self.named = named
    self.tierIsNamed = tierIsNamed
    self.serviceIsNamed = serviceIsNamed
    primaryBefore = named.first(where: \.isPrimary)?.key
    marksBefore = Dictionary(named.compactMap { ci in ci.row.map { ($0, ci.marks) } }) { first, _ in first }
  }

  var primary: NamedCi? { named.first(where: \.isPrimary) }
  /// Those that the act added.
  var added: [NamedCi] { named.filter { $0.row == nil } }
  /// Those that were there before and are marked otherwise now.
  var remarked: [NamedCi] { named.filter { ci in ci.row.map { marksBefore[$0] != ci.marks } ?? false } }
  var changesPrimary: Bool { primary?.key != primaryBefore }
  var isChanged: Bool { !added.isEmpty || !removed.isEmpty || changesPrimary }

  func names(_ key: NamedCi.Key) -> Bool { named.contains { $0.key == key } }

  /// Names one more; what is named already stays as it is.
  mutating func add(_ ci: NamedCi) throws(Failure) {
    guard !names(ci.key) else { return }
    guard named.count < Self.most else { throw Failure(.conflict, TicketCiMessages.tooMany, ["most": String(Self.most)]) }
    named.append(ci)
  }

  /// - Returns: whether it was named.
  @discardableResult mutating func remove(_ key: NamedCi.Key) -> Bool {
    guard let index = named.firstIndex(where: { $0.key == key }) else { return false }
    let taken = named.remove(at: index)
    if taken.row != nil { removed.append(taken) }
    return true
  }

  /// The primary one is this one, or none.
  mutating func makePrimary(_ key: NamedCi.Key?) {
    for index in named.indices { named[index].isPrimary = named[index].key == key }
  }

  /// What lines sell, by line.
  mutating func take(services: [Int64: Ticket.Service]) {
    for index in named.indices where !named[index].key.isShared { named[index].service = named[index].facts.line.flatMap { services[$0] } }
  }

  /// The lines that cover them and whose services nobody has looked up.
  var coveringLines: [Int64] { Set(named.filter { !$0.key.isShared }.compactMap(\.facts.line)).sorted() }

  /// The lines that cover them, in the order in which they count when the ticket's line is chosen.
  var linesInOrder: [Int64] { CiChoice.lines(of: named) }

  /// Whether one of them gives the service.
  var giveService: Bool { CiChoice.service(of: named) != nil }

  /// Chooses the tier and the service by the table of ``CiChoice``, unless somebody named them. A service that no CI gives is that of
  /// the category, if that has one.
  mutating func choose(_ tier: inout String?, _ service: inout Ticket.Service?, _ serviceCategory: inout String?) {
    let (ofTier, ofService) = (tierIsNamed ? nil : CiChoice.tier(of: named), serviceIsNamed ? nil : CiChoice.service(of: named))
    for index in named.indices {
      named[index].gaveTier = index == ofTier
      named[index].gaveService = index == ofService
    }
    if !tierIsNamed { tier = ofTier.flatMap { named[$0].facts.tier } }
    if !serviceIsNamed { service = ofService.flatMap { named[$0].service } ?? ofCategory?.service }
    serviceCategory = serviceIsNamed || ofService != nil ? nil : ofCategory?.key
  }
}
