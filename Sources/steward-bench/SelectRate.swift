import ArgumentParser
import Postgres

/// Prepared SELECTs by key through our client on the tables of `pgbench -i`, as `pgbench -S` does them.
struct SelectRate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "select", abstract: "SELECTs by key per second.")

  @Option var database: String
  @Option var connections = 16
  @Option var seconds = 5.0
  /// How many rows pgbench_accounts has.
  @Option var rows: Int64 = 1_000_000
  @Flag(help: "Eight SELECTs in one round trip, in a transaction of their own.") var pipelined = false

  mutating func run() async throws {
    let (connections, seconds, rows, pipelined) = (connections, seconds, rows, pipelined)
    let rate = try await BenchTool.withClient(database, connections: connections) { client in
      try await withThrowingTaskGroup(of: Double.self) { group in
        for _ in 0..<connections {
          group.addTask(executorPreference: PostgresClient.taskExecutor()) {
            try await pipelined ? Self.pipelined(client, rows, .seconds(seconds)) : Self.single(client, rows, .seconds(seconds))
          }
        }
        return try await group.reduce(0, +)
      }
    }
    BenchTool.show(["perSecond": rate])
  }

  private static func single(_ client: PostgresClient, _ rows: Int64, _ time: Duration) async throws -> Double {
    var keys = Keys()
    return try await client.withConnection { connection in
      try await rate(time) {
        _ = try await connection.query(AccountBalance(account: keys.next(of: rows)))
        return 1
      }
    }
  }

  private static func pipelined(_ client: PostgresClient, _ rows: Int64, _ time: Duration) async throws -> Double {
    var keys = Keys()
    func key() -> AccountBalance { AccountBalance(account: keys.next(of: rows)) }
    return try await rate(time) {
      _ = try await client.transaction(TransactionOptions(readOnly: true)) { transaction in
        try await transaction.query(key(), key(), key(), key(), key(), key(), key(), key())
      }
      return 8
    }
  }

  /// Repetitions per second of `body`, which says how much it did. The first one, which connects and prepares, does not count.
  private static func rate(_ time: Duration, _ body: () async throws -> Int) async throws -> Double {
    _ = try await body()
    let started = ContinuousClock.now
    let end = started.advanced(by: time)
    var count = 0
    while ContinuousClock.now < end { count += try await body() }
    return Double(count) / started.duration(to: .now).inSeconds
  }
}

/// Random keys as cheap as pgbench's: the system's generator would be a call of the kernel for each.
private struct Keys {
  private var generator = SplitMix(state: .random(in: 0 ... .max))

  mutating func next(of rows: Int64) -> Int64 { .random(in: 1...rows, using: &generator) }
}

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}

struct AccountBalance: Statement {
  let account: Int64

  static let sql = "select abalance from pgbench_accounts where aid = $1"

  func bind(to parameters: inout Parameters) { parameters.append(account) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
