import EmbeddedPostgres
import Foundation
import Kernel
import Logging
import Operations
import Postgres
import Schema
import Tenancy

/// A private PostgreSQL in a folder, migrated: for trying Steward out, and for imports without a server.
struct Trial {
  let cluster: EmbeddedPostgres
  private static let databaseName: StaticString = "steward"

  static func start(in directory: String, logger: Logger) async throws -> Trial {
    let path = URL(fileURLWithPath: directory).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    let cluster = try await EmbeddedPostgres.start(in: path + "/postgres", durability: .durable, logger: logger)
    let trial = Trial(cluster: cluster)
    do {
      try await trial.prepare(logger)
    } catch {
      await cluster.stop()
      throw error
    }
    return trial
  }

  func configuration(user: String, database: String = "\(databaseName)", connections: Int) throws -> PostgresConfiguration {
    try Self.configuration((cluster.socketDirectory, cluster.port), user: user, database: database, connections: connections)
  }

  /// The database of a trial that another process runs; nil when none does.
  static func running(in directory: String, user: String, connections: Int) throws -> PostgresConfiguration? {
    let cluster = EmbeddedPostgres.running(in: URL(fileURLWithPath: directory).path + "/postgres")
    return try cluster.map { try configuration($0, user: user, database: "\(databaseName)", connections: connections) }
  }

  private static func configuration(
    _ cluster: (socketDirectory: String, port: Int), user: String, database: String, connections: Int
  ) throws -> PostgresConfiguration {
    var configuration = try PostgresConfiguration(
      servers: [PostgresConfiguration.Server(host: cluster.socketDirectory, port: cluster.port)], user: user, database: database)
    configuration.maximumConnections = connections
    return configuration
  }

  private func prepare(_ logger: Logger) async throws {
    let server = PostgresClient(try configuration(user: cluster.superuser, database: "postgres", connections: 2), logger: logger)
    try await DatabaseCreation(server: server).ensure(Self.databaseName)
    await server.shutdown()
    let owner = PostgresClient(try configuration(user: cluster.superuser, connections: 2), logger: logger)
    _ = try await Migration.run(on: owner)
    await owner.shutdown()
  }

  /// A trial makes its provider by itself.
  static func provider(_ installation: Installation) async throws -> TenantEntry {
    try await installation.provider(code: "MSP", name: "Trial provider", zone: "Europe/Berlin", language: .english)
  }
}

/// Brings a database to the schema of this build.
enum Migration {
  static func run(on superuser: PostgresClient) async throws -> Migrator.Report {
    let files = try SchemaFiles.ofThisProgram()
    return try await Migrator(database: superuser, files: files).migrate(permissions: try Modules.stockPermissions(), at: SystemClock().now())
  }
}
