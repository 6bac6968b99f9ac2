import Contracts
import Kernel
import TestSupport
import Testing

@testable import Assurance

/// Which target of ours meets which target of a team's, for every ticket that there may be.
@Suite struct TicketKindTests {
  private static let erp = PromiseScope.Service(id: 1, code: "ERP")
  private static let mail = PromiseScope.Service(id: 2, code: "MAIL")
  private static let start = Instant(seconds: 0)

  private static func target(_ minutes: Int64?, _ priority: Int64? = nil, _ scope: PromiseScope = .any) -> ProvenTargets.Target {
    ProvenTargets.Target(metric: "resolution", priority: priority, budget: minutes.map { .seconds($0 * 60) }, calendar: 1, scope: scope)
  }

  private static func versions(_ targets: [ProvenTargets.Target]) -> SlaVersions {
    SlaVersions(targets.map { ProvenTargets.Found(sla: 1, version: 1, validFrom: start, target: $0) })
  }

  private static func terms(_ ola: SlaVersions) -> TeamTerms {
    TeamTerms(olas: [.init(name: "OLA", from: start, until: nil, versions: ola)], calendar: nil, handling: [])
  }

  /// `promise: what we promise against what the team does`, in minutes.
  private static func met(_ ours: [ProvenTargets.Target], _ theirs: [ProvenTargets.Target]) -> [String] {
    let ola = versions(theirs)
    return versions(ours).promises(at: start, TicketKinds([ola]), priorities: [1, 2, 3, 4, 5]).map { promise in
      guard case .time(.seconds(let budget), _) = promise.terms else { return promise.label.code }
      let agreed =
        switch terms(ola).agreement(for: promise, at: start) {
        case .success(let agreement): String(agreement.seconds / 60)
        case .failure: "nothing"
        }
      return "\(promise.label.code): \(budget / 60) \(agreed)"
    }
  }

  /// What is promised for any is promised for each priority that the desk has, and what a team works on the last is what it works on those behind it.
  @Test func aPriorityThatWasAddedIsPromisedAsWell() throws {
    let ours = Self.versions([Self.target(60), Self.target(240, 2)])
    let promises = ours.promises(at: Self.start, TicketKinds([SlaVersions]()), priorities: [1, 2, 6])
    #expect(promises.map(\.label.code).sorted() == ["resolution P1", "resolution P2", "resolution P6"])
    let terms = TeamTerms(olas: [], calendar: 1, handling: [600, 900, 900, 900, 1200])
    let seconds = try promises.map { try terms.agreement(for: $0, at: Self.start).get().seconds }
    #expect(seconds.sorted() == [600, 900, 1200])
    let added = try #require(promises.first { $0.priority == 6 })
    #expect(try terms.agreement(for: added, at: Self.start).get().seconds == 1200)
  }

  @Test func theTeamsTargetIsTheOneForSuchTickets() {
    let request = PromiseScope(ticketType: .request)
    // Requests take the team longer, and nobody else's tickets do.
    #expect(
      Self.met([Self.target(240, 1), Self.target(960, 1, request)], [Self.target(120), Self.target(900, nil, request)]) == [
        "resolution P1: 240 120", "resolution P1 type:request: 960 900",
      ])
    // What is promised for all tickets, the team keeps in two ways.
    #expect(
      Self.met([Self.target(240, 1)], [Self.target(120), Self.target(900, nil, request)]) == [
        "resolution P1: 240 120", "resolution P1 type:request: 240 900",
      ])
    // Of our own more special promise nothing is told twice.
    let erp = PromiseScope(service: Self.erp)
    #expect(
      Self.met([Self.target(240, 1), Self.target(60, 1, erp)], [Self.target(30, nil, erp), Self.target(120)]) == [
        "resolution P1: 240 120", "resolution P1 service:ERP: 60 30",
      ])
    // The team explicitly promises nothing for the mail.
    #expect(
      Self.met([Self.target(240, 1)], [Self.target(120), Self.target(nil, nil, PromiseScope(service: Self.mail))]) == [
        "resolution P1: 240 120", "resolution P1 service:MAIL: 240 nothing",
      ])
    // A team that names a service and does no other work for it is no other kind.
    #expect(Self.met([Self.target(240, 1)], [Self.target(120, 1), Self.target(300, 2, erp)]) == ["resolution P1: 240 120"])
    // A target for each type is one for all.
    #expect(
      Self.met([Self.target(240, 1)], TicketType.allCases.map { Self.target(30, nil, PromiseScope(ticketType: $0)) }).allSatisfy { $0.hasSuffix("240 30") })
  }

  private struct Ticket {
    let priority: Int64
    let scope: PromiseScope
  }

  private static let types: [TicketType?] = [nil] + TicketType.allCases
  private static let services: [PromiseScope.Service?] = [nil, erp, mail]
  private static let tiers: [String?] = [nil, "gold", "silver"]

  /// One target for each kind that is drawn, as an SLA version has it.
  private static func random(_ number: Int64, named types: [TicketType?], _ random: inout SplitMix64) -> [ProvenTargets.Target] {
    var taken: Set<String> = []
    return (0..<Int.random(in: 1...6, using: &random)).compactMap { _ in
      let scope = PromiseScope(
        ticketType: types.randomElement(using: &random) ?? nil, service: services.randomElement(using: &random) ?? nil,
        ciTier: tiers.randomElement(using: &random) ?? nil)
      let priority: Int64? = Bool.random(using: &random) ? Int64.random(in: 1...3, using: &random) : nil
      guard taken.insert("\(scope) \(priority ?? 0)").inserted else { return nil }
      return target(Int.random(in: 1...8, using: &random) == 1 ? nil : number + Int64(taken.count), priority, scope)
    }
  }

  /// Read from the top of the table: service, CI tier, ticket type, priority.
  private static func chosen(_ targets: [ProvenTargets.Target], for ticket: Ticket) -> ProvenTargets.Target? {
    targets.filter { target in
      (target.priority == nil || target.priority == ticket.priority) && (target.scope.service == nil || target.scope.service == ticket.scope.service)
        && (target.scope.ciTier == nil || target.scope.ciTier == ticket.scope.ciTier)
        && (target.scope.ticketType == nil || target.scope.ticketType == ticket.scope.ticketType)
    }.max { left, right in
      func rank(_ target: ProvenTargets.Target) -> String {
        [target.scope.service != nil, target.scope.ciTier != nil, target.scope.ticketType != nil, target.priority != nil].map { $0 ? "1" : "0" }.joined()
      }
      return rank(left) < rank(right)
    }
  }

  /// Every ticket's pair of targets is looked at, and, where no type is named, none that no ticket has.
  @Test(arguments: 1...6) func everyTicketIsLookedAt(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for round in 0..<60 {
      let named = round.isMultiple(of: 2) ? Self.types : [nil]
      let (ours, theirs) = (Self.random(0, named: named, &random), Self.random(100, named: named, &random))
      let found = Set(Self.met(ours, theirs).map { String($0.split(separator: ": ").last ?? "") })
      var expected: Set<String> = []
      for type in TicketType.allCases {
        for service in Self.services {
          for tier in Self.tiers {
            for priority: Int64 in 1...5 {
              let ticket = Ticket(priority: priority, scope: PromiseScope(ticketType: type, service: service, ciTier: tier))
              guard let promised = Self.minutes(Self.chosen(ours, for: ticket)) else { continue }
              expected.insert("\(promised) \(Self.minutes(Self.chosen(theirs, for: ticket)).map { String($0) } ?? "nothing")")
            }
          }
        }
      }
      #expect(found.isSuperset(of: expected), "\(ours) \(theirs)")
      if named == [nil] { #expect(found == expected, "\(ours) \(theirs)") }
    }
  }

  private static func minutes(_ target: ProvenTargets.Target?) -> Int64? {
    guard case .seconds(let seconds)? = target?.budget else { return nil }
    return seconds / 60
  }

  @Test func aPromiseForSomeTicketsIsPartOfOneForAll() throws {
    func label(_ priority: Int64, _ type: TicketType? = nil, _ service: String? = nil) -> PromiseLabel {
      PromiseLabel(metric: "resolution", priority: priority, ticketType: type, service: service)
    }
    func gap(_ labels: PromiseLabel...) -> Gap { Gap(kind: .unlinked, promises: labels, parties: [], from: Self.start, detail: .none) }
    let accepted = gap(label(1))
    #expect(gap(label(1)).isWithin(accepted) && gap(label(1, .request)).isWithin(accepted))
    #expect(!gap(label(2)).isWithin(accepted) && !accepted.isWithin(gap(label(1, .request))))
    #expect(!gap(label(1, .incident)).isWithin(gap(label(1, .request))))
    let told = [label(1), label(2), label(1, .request, "ERP"), label(2, .request, "ERP")].sorted()
    #expect(GapWords.promises(told, .english) == "resolution P1, P2; resolution P1, P2 (request, service ERP)")
    #expect(GapWords.promises(told, .chinese) == "解决 P1、P2；解决 P1、P2（请求，服务ERP）")
    #expect(told.last?.code == "resolution P2 type:request service:ERP")
  }
}
