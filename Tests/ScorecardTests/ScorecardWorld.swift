import Contracts
import Kernel
import Operations
import Postgres
import Scorecard
import Tenancy
import TestSupport
import Testing

/// A customer with three contracts in three zones, and tickets with clocks.
struct ScorecardWorld {
  static let zones = ["Europe/Berlin", "America/New_York", "Asia/Shanghai"]
  /// Of the customer, for tickets without a contract.
  static let home = "Pacific/Auckland"

  let database: TestDatabase
  let customer: TenantEntry
  /// Public and internal ids, by index into ``zones``.
  let contracts: [(id: Value, row: Int64)]
  let terms: ClockTerms
  private(set) var tickets: [ModelTicket] = []

  /// - Parameters:
  ///   - objective: what is agreed for response and resolution of priority 1 and 2.
  ///   - periods: by which period it is judged, by priority; the others by the month, as nothing is said.
  init(objective: String = "90", periods: [Int64: String] = [:]) async throws {
    let database = try await TestDatabase.make([PlatformModule.self, ContractsModule.self, ScorecardModule.self])
    let customer = try await database.customer("ACME", zone: Self.home)
    let root = database.root
    let calendar = try await database.call("calendar.create", ["name": "Always", "stock": "24x7", "zone": "UTC"], as: root)
    let sla = try await database.call(
      "sla.create",
      [
        "name": "S",
        "targets": .array(
          [1, 2].flatMap { priority in
            ["response", "resolution"].map { metric in
              .object([
                "metric": .text(metric), "priority": .integer(priority), "budgetSeconds": 3600, "calendar": calendar["id"] ?? .null,
                "objective": .decimal(objective), "period": .text(periods[priority]),
              ])
            }
          }),
      ], as: root)
    var ids: [Value] = []
    for zone in Self.zones {
      let contract = try await database.call(
        "contract.create",
        [
          "customer": .id(customer.publicId), "name": .text(zone), "currency": "EUR", "zone": .text(zone), "startsAt": "2026-01-01T00:00:00Z",
          "lines": .array([.object(["name": "L", "sla": sla["id"] ?? .null])]),
        ], as: root)
      ids.append(contract["id"] ?? .null)
    }
    self.database = database
    self.customer = customer
    (terms, contracts) = try await database.tenancy.transaction(binding: [customer.id], side: .staff) { transaction in
      let rows = try await transaction.query(ContractsByNumber(tenant: customer.id))
      let line = try #require(
        try await ContractTerms.line(tenant: customer.id, unit: nil, at: TestDatabase.start, explicit: nil, in: transaction))
      let target = try #require(
        try await ContractTerms.targets(slaVersion: line.slaVersion, facts: TargetFacts(priority: 1), at: TestDatabase.start, in: transaction).first)
      let terms = ClockTerms(
        lineVersion: line.lineVersion, slaVersion: line.slaVersion, target: target.id, calendarVersion: target.calendarVersion)
      return (terms, Array(zip(ids, rows)).map { (id: $0.0, row: $0.1) })
    }
  }

  func inside<T: Sendable>(_ body: (Transaction) async throws -> T) async throws -> T {
    try await database.tenancy.transaction(binding: [customer.id], side: .staff, body)
  }

  /// Writes a ticket with its clocks and tells the scorecard, as one act.
  static func write(_ ticket: ModelTicket, in world: ScorecardWorld, announce: Bool = true) async throws -> ModelTicket {
    try await world.inside { transaction in
      let tenant = world.customer.id
      var written = ticket
      written.id =
        try await transaction.first(WriteTicket(tenant: tenant, ticket: ticket, contract: ticket.contract.map { world.contracts[$0].row })) ?? 0
      for metric in Metric.scored {
        guard var promise = written.promise(metric) else { continue }
        if promise.clock == 0 {
          let inserted = try await transaction.first(
            InsertClock(tenant: tenant, ticket: written.id, metric: metric.rawValue, terms: world.terms, startedAt: ticket.openedAt))
          promise.clock = inserted ?? 0
        }
        try await transaction.execute(UpdateClock(tenant: tenant, promise: promise, at: ticket.openedAt))
        if metric == .response { written.response = promise } else { written.resolution = promise }
      }
      if announce { transaction.enqueue(Announce(tenant: tenant, ticket: written.id, at: ticket.openedAt)) }
      return written
    }
  }

  /// Makes tickets and lets them live; refreshes now and then.
  mutating func live(tickets count: Int, steps: Int, seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<count {
      let ticket = ModelTicket.random(number: Int64(tickets.count + 1), contracts: contracts.count, &random)
      tickets.append(try await Self.write(ticket, in: self))
    }
    for _ in 0..<steps {
      let index = Int.random(in: 0..<tickets.count, using: &random)
      tickets[index].live(contracts: contracts.count, &random)
      tickets[index] = try await Self.write(tickets[index], in: self)
      if Int.random(in: 0...25, using: &random) == 0 { try await refresh() }
    }
  }

  func refresh() async throws { try await RefreshFigures().run(at: database.clock.now(), database.tenancy) }

  func dump() async throws -> [String] {
    try await inside { try await $0.query(FactDump(tenant: customer.id)) + $0.query(DailyDump(tenant: customer.id)) }
  }

  func zone(_ ticket: ModelTicket) -> String { ticket.contract.map { Self.zones[$0] } ?? Self.home }
}
