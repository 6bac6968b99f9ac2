import EmbeddedPostgres
import Logging
import TestSupport

@testable import Postgres

/// A client on the test cluster, or on any socket folder; shut down when the body is done.
func withClient<T: Sendable>(
  socketDirectory: String? = nil, _ change: (inout PostgresConfiguration) -> Void = { _ in },
  _ body: (PostgresClient) async throws -> T
) async throws -> T {
  let configuration = try await testConfiguration(socketDirectory: socketDirectory, change)
  let client = PostgresClient(configuration, logger: Logger(label: "postgres-tests") { _ in SwiftLogNoOpLogHandler() })
  do {
    let result = try await body(client)
    await client.shutdown()
    return result
  } catch {
    await client.shutdown()
    throw error
  }
}

func testConfiguration(socketDirectory: String? = nil, _ change: (inout PostgresConfiguration) -> Void = { _ in }) async throws -> PostgresConfiguration {
  let folder: String
  if let socketDirectory { folder = socketDirectory } else { folder = try await TestCluster.shared.server().socketDirectory }
  var configuration = try PostgresConfiguration(
    servers: [PostgresConfiguration.Server(host: folder)], user: EmbeddedPostgres.superuserName, database: "postgres")
  configuration.maximumConnections = 4
  // Generous: the machine may be busy with other work.
  configuration.acquireTimeout = .seconds(20)
  configuration.connectTimeout = .seconds(20)
  configuration.cancelGrace = .seconds(10)
  change(&configuration)
  return configuration
}

/// A cluster of one test, which may stop and freeze it.
func withCluster<T: Sendable>(_ body: (EmbeddedPostgres, String) async throws -> T) async throws -> T {
  let folder = try TemporaryFolder.make()
  defer { TemporaryFolder.remove(folder) }
  let server = try await EmbeddedPostgres.start(in: folder, durability: .disposable, logger: Logger(label: "postgres-tests"))
  do {
    let result = try await body(server, folder)
    await server.stop()
    return result
  } catch {
    await server.stop()
    throw error
  }
}

/// The kind of database error that `body` throws; nil when it throws none.
func errorKind(_ body: () async throws -> Void) async -> PostgresError.Kind? { await postgresError(body)?.kind }

func postgresError(_ body: () async throws -> Void) async -> PostgresError? {
  do {
    try await body()
    return nil
  } catch {
    return error as? PostgresError
  }
}
