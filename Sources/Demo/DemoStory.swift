import Foundation
import Jobs
import Kernel
import Operations
import Postgres
import Synchronization
import Tenancy

/// Calls operations at the story's time.
struct DemoTeller: Sendable {
  let dispatcher: Dispatcher
  let clock: StoryClock
  let narrator: Principal

  @discardableResult
  func call(_ operation: String, _ input: KeyValuePairs<String, Value>, version: Int64? = nil) async throws -> Value {
    try await call(operation, input.map { Value.Member($0, $1) }, version: version)
  }

  @discardableResult
  func call(_ operation: String, _ members: [Value.Member], version: Int64? = nil) async throws -> Value {
    try await dispatcher.invoke(operation, .object(members), as: narrator, Call(requestId: "demo", expectedVersion: version)).value
  }

  func id(_ operation: String, _ input: KeyValuePairs<String, Value>) async throws -> Value {
    try await call(operation, input)["id"] ?? .null
  }

  /// The stories begin before the database did.
  func makePartitions(from beginning: Instant) async throws {
    try await dispatcher.tenancy.transaction(binding: [], side: .staff) { transaction in
      _ = try await transaction.first(EnsurePartitions(first: beginning, months: 14))
    }
  }
}

/// Sets up one customer: sites, people, and a contract on the SLA of its plan in its zone.
struct DemoSetup {
  let teller: DemoTeller

  /// Gives the customer's id.
  func make(_ customer: DemoCustomer, startsAt: Instant) async throws -> Value {
    let id = try await teller.id(
      "customer.create",
      ["code": .text(customer.code), "name": .text(customer.name), "zone": .text(customer.zone), "language": .text(customer.language)])
    for site in customer.sites {
      let unit = try await teller.id("unit.add", ["customer": id, "kind": "site", "name": .text(site)])
      for number in 1...4 {
        try await teller.call(
          "person.add",
          [
            "customer": id, "unit": unit, "name": .text("\(site) \(number)"),
            "email": .text("person\(number).site\(customer.sites.firstIndex(of: site) ?? 0)@\(customer.code.lowercased()).example"),
          ])
      }
    }
    let sla = try await sla(for: customer)
    let plan = customer.plan.rawValue.capitalized
    let contract = try await teller.call(
      "contract.create",
      [
        "customer": id, "name": .text("\(plan) support"), "currency": "EUR", "startsAt": .instant(startsAt),
        "lines": .array([.object(["name": .text("End-user support (\(plan))"), "sla": sla, "monthlyFee": .text("\(customer.tickets * 45).00")])]),
      ])
    try await DemoAssets(teller: teller).make(customer, id: id, line: contract["lines"]?.array?.first?["id"] ?? .null)
    return id
  }

  /// The SLA of the customer's plan in its zone; made for the first customer that needs it.
  private func sla(for customer: DemoCustomer) async throws -> Value {
    let name = "\(customer.plan.rawValue.capitalized) \(customer.zone)"
    let known = try await teller.call("sla.list", ["limit": 200])["items"]?.array?.first { $0["name"]?.text == name }?["id"]
    if let known { return known }
    let calendar = try await teller.id(
      "calendar.create", ["name": .text("\(customer.plan.stock) \(customer.zone)"), "stock": .text(customer.plan.stock), "zone": .text(customer.zone)])
    let targets = customer.plan.budgets.enumerated().flatMap { index, budget -> [Value] in
      [("response", budget.response, false), ("resolution", budget.resolution, true)].map { metric, minutes, pauses in
        .object([
          "metric": .text(metric), "priority": .integer(Int64(index + 1)), "calendar": calendar, "budgetSeconds": .integer(minutes * 60),
          "objective": .integer(customer.plan.objective), "pauses": .bool(pauses),
        ])
      }
    }
    return try await teller.id("sla.create", ["name": .text(name), "targets": .array(targets)])
  }
}

/// The year of one customer, told act by act in the order of time.
struct DemoStory: Sendable {
  let acts: [(at: Instant, ticket: Int, act: DemoTicket.Act)]
  private let id: Value
  private let teller: DemoTeller
  /// By category.
  private let articles: [String: Value]

  init(
    customer: DemoCustomer, id: Value, teller: DemoTeller, articles: [String: Value], tickets: Int, until end: Instant, seed: UInt64
  ) throws {
    guard let zone = TimeZone(identifier: customer.zone) else { throw Failure(.internal, OperationMessages.internalFault, debug: "zone \(customer.zone)") }
    var random = DemoRandom(seed: seed)
    let arrivals = DemoYear.arrivals(count: tickets, until: end, zone: zone, random: &random)
    var acts: [(at: Instant, ticket: Int, act: DemoTicket.Act)] = []
    for (number, opened) in arrivals.enumerated() {
      let ticket = DemoTicket(opened: opened, language: customer.language, random: &random)
      acts += ticket.acts.filter { $0.at < end }.map { ($0.at, number, $0.act) }
    }
    // Stable by time, so that a ticket's acts keep their order.
    self.acts = acts.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    self.id = id
    self.teller = teller
    self.articles = articles
  }

  func tell(_ told: () -> Void) async throws {
    let requesters = try await teller.call("person.list", ["customer": id, "limit": 50])["items"]?.array?.compactMap { $0["id"] } ?? []
    var tickets: [Int: Value] = [:]
    for (at, number, act) in acts {
      teller.clock.set(at)
      let requester = requesters.isEmpty ? Value.null : requesters[number % requesters.count]
      tickets[number] = try await perform(act, on: tickets[number] ?? .null, requester: requester)
      told()
    }
  }

  private func perform(_ act: DemoTicket.Act, on ticket: Value, requester: Value) async throws -> Value {
    let id = ticket["id"] ?? .null
    let version = ticket["version"]?.integer
    switch act {
    case .open(let title, let category, let impact, let urgency):
      return try await teller.call(
        "incident.open",
        [
          "customer": self.id, "title": .text(title), "category": .text(category), "requester": requester, "impact": .integer(impact),
          "urgency": .integer(urgency),
        ])
    case .start: return try await teller.call("incident.start", ["id": id], version: version)
    case .hold(let reason):
      return try await teller.call("incident.hold", ["id": id, "reason": .text(reason), "comment": "Could you tell us more?"], version: version)
    case .resume: return try await teller.call("incident.resume", ["id": id], version: version)
    case .resolve:
      let resolved = try await teller.call("incident.resolve", ["id": id, "resolution": "Solved with the user."], version: version)
      if let article = ticket["category"]?.text.flatMap({ articles[$0] }) {
        try await teller.call("incident.cite", ["id": id, "article": article, "use": "solved"])
      }
      return resolved
    case .reopen: return try await teller.call("incident.reopen", ["id": id, "reason": "It is back.", "visibility": "public"], version: version)
    case .close: return try await teller.call("incident.close", ["id": id], version: version)
    }
  }
}

final class DemoCounter: Sendable {
  private let done = Mutex<Int64>(0)
  private let total: Int64
  private let progress: @Sendable (Int64, Int64) -> Void

  init(total: Int64, _ progress: @escaping @Sendable (Int64, Int64) -> Void) {
    self.total = total
    self.progress = progress
  }

  func count() {
    let count = done.withLock { done in
      done += 1
      return done
    }
    progress(count, total)
  }
}
