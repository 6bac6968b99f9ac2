import Kernel
import Logging
import Operations
import Postgres
import TLS
import Tenancy

/// A provider with a dozen customers and a year of tickets, told through the same operations that people use, so every
/// rule, clock, event and audit row is real. The same seed tells the same stories.
package struct Demonstration: Sendable {
  private let database: PostgresClient
  private let registry: Registry
  private let provider: TenantEntry
  private let cursors: CursorSigner
  private let logger: Logger
  private let seed: UInt64

  /// The stories take a minute or so, of which waiting for the disk is most; so several are told at once.
  private static let storiesAtOnce = 6

  package init(
    database: PostgresClient, registry: Registry, provider: TenantEntry, cursors: CursorSigner, seed: UInt64 = 1, logger: Logger
  ) {
    self.database = database
    self.registry = registry
    self.provider = provider
    self.cursors = cursors
    self.seed = seed
    self.logger = logger
  }

  /// Whether the database has customers already: a demonstration is told once.
  package func isTold() async throws -> Bool {
    let teller = teller(clock: StoryClock(SystemClock().now()), seed: seed)
    return try await teller.call("customer.list", ["limit": 1])["items"]?.array?.isEmpty == false
  }

  /// Tells the stories of the year that ends at `end`. `customers` and `share` (percent of the tickets) make it
  /// smaller, for tests. `progress` is told how many of how many acts are done.
  package func tell(
    until end: Instant, customers: Int = DemoCustomer.all.count, share: Int = 100, progress: @escaping @Sendable (Int64, Int64) -> Void = { _, _ in }
  ) async throws {
    let beginning = end.adding(seconds: -366 * 86_400)
    let clock = StoryClock(beginning)
    let teller = teller(clock: clock, seed: seed)
    try await teller.makePartitions(from: beginning)
    let articles = try await DemoKnowledge(teller: teller).make()
    var stories: [DemoStory] = []
    var ids: [Value] = []
    for (index, customer) in DemoCustomer.all.prefix(customers).enumerated() {
      let id = try await DemoSetup(teller: teller).make(customer, startsAt: beginning)
      ids.append(id)
      let storySeed = seed &* 1000 &+ UInt64(index) &+ 1
      let story = try DemoStory(
        customer: customer, id: id, teller: self.teller(clock: StoryClock(beginning), seed: storySeed), articles: articles,
        tickets: max(1, customer.tickets * share / 100), until: end, seed: storySeed)
      stories.append(story)
    }
    let total = stories.reduce(Int64(0)) { $0 + Int64($1.acts.count) }
    let counter = DemoCounter(total: total, progress)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, story) in stories.enumerated() {
        if index >= Self.storiesAtOnce { try await group.next() }
        group.addTask { try await story.tell { counter.count() } }
      }
      try await group.waitForAll()
    }
    clock.set(end)
    try await DemoProblems(teller: teller).make(customers: ids, articles: articles)
  }

  private func teller(clock: StoryClock, seed: UInt64) -> DemoTeller {
    let tenancy = Tenancy(database: database, clock: clock, random: DemoIds(seed: seed).source, passwords: PasswordHasher())
    let dispatcher = Dispatcher(registry: registry, tenancy: tenancy, cursors: cursors, logger: logger)
    let narrator = Principal.localOperator(name: "demo", provider: provider.id, permissions: Set(registry.permissions.keys))
    return DemoTeller(dispatcher: dispatcher, clock: clock, narrator: narrator)
  }
}
