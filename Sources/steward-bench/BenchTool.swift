import ArgumentParser
import Foundation
import Kernel
import Logging
import Postgres

/// The parts of deploy/bench that need our own code in this process rather than a request to the server. It is not
/// shipped, and prints one line of JSON.
@main
struct BenchTool: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "steward-bench", abstract: "Parts of deploy/bench.",
    subcommands: [SelectRate.self, VerdictRate.self, RefreshTime.self, BacktestTime.self, JobRate.self, JobWork.self])

  /// A client on the URL, shut down afterwards.
  static func withClient<T: Sendable>(_ url: String, connections: Int, _ body: @Sendable (PostgresClient) async throws -> T) async throws -> T {
    var configuration = try PostgresConfiguration(url: url)
    configuration.maximumConnections = connections
    configuration.reservedConnections = 0
    let client = PostgresClient(configuration, logger: Logger(label: "steward-bench") { StreamLogHandler.standardError(label: $0) })
    do {
      let result = try await body(client)
      await client.shutdown()
      return result
    } catch {
      await client.shutdown()
      throw error
    }
  }

  static func show(_ members: KeyValuePairs<String, Double>) {
    print("{" + members.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ") + "}")
  }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
