import Attachments
import EmbeddedPostgres
import FileStorage
import Foundation
import Kernel
import Logging
import Notifications
import OperatingSystem
import Operations
import Postgres
import Schema
import TLS
import Tenancy

/// A database that is checked and ready, with all that stands on it.
struct Backend: Sendable {
  let database: PostgresClient
  let tenancy: Tenancy
  private(set) var dispatcher: Dispatcher
  let provider: TenantEntry
  let schemaCheck: SchemaCheck
  let logger: Logger
  /// Where files lie, if anywhere.
  let files: FolderStore?
  /// Every permission of this build.
  private let permissions: Set<String>

  /// The person at this command line, with all rights; the name is recorded with every act.
  var localOperator: Principal {
    let name = LocalOperator(environment: ProcessInfo.processInfo.environment).description
    return .localOperator(name: name, provider: provider.id, permissions: permissions)
  }

  /// With the way out that webhooks take from here, which says where they may lead.
  func posting(by courier: any WebhookCourier) -> Backend {
    var backend = self
    backend.dispatcher.permitsAddress = { courier.permits($0) }
    return backend
  }

  /// Calls an operation as the person at the command line.
  @discardableResult
  func call(_ operation: String, _ input: Value, version: Int64? = nil) async throws -> Value {
    try await dispatcher.invoke(
      operation, input, as: localOperator,
      Call(requestId: "cli-" + Base32.encode(tenancy.random.bytes(10)), expectedVersion: version, language: Terminal.language)
    ).value
  }

  /// Opens the database, runs `body`, and closes all again, a private cluster included.
  /// - Parameters:
  ///   - readers: nil: as many as suit the processors (``PostgresConfiguration/maximumReaders``).
  ///   - files: for what serves or sweeps them.
  ///   - joins: whether a trial that runs already is used as it runs; what is to run one itself needs it for itself.
  static func run<T: Sendable>(
    at place: DatabaseOptions.Place, logger: Logger, connections: Int = 10, readers: Int? = nil, files: FileSettings? = nil, joins: Bool = true,
    _ body: @Sendable (Backend) async throws -> T
  ) async throws -> T {
    switch place {
    case .url(var configuration):
      configuration.maximumConnections = connections
      if let readers { configuration.maximumReaders = readers }
      return try await open(configuration, isPrivate: false, files: files?.store(), logger, body)
    case .trial(let directory):
      if joins, let running = try Trial.running(in: directory, user: "steward_app", connections: connections) {
        return try await open(running, isPrivate: true, files: files?.store(trial: directory), logger, body)
      }
      let trial = try await Trial.start(in: directory, logger: logger)
      do {
        var configuration = try trial.configuration(user: "steward_app", connections: connections)
        if let readers { configuration.maximumReaders = readers }
        let result = try await open(
          configuration, isPrivate: true, files: files?.store(trial: directory), logger, body)
        await trial.cluster.stop()
        return result
      } catch {
        await trial.cluster.stop()
        throw error
      }
    }
  }

  private static func open<T: Sendable>(
    _ configuration: PostgresConfiguration, isPrivate: Bool, files: FolderStore?, _ logger: Logger, _ body: @Sendable (Backend) async throws -> T
  ) async throws -> T {
    var configuration = configuration
    Tenancy.prepare(&configuration)
    let database = PostgresClient(configuration, logger: logger)
    let keeping = Task { await database.run() }
    do {
      let backend = try await Backend(database, isPrivate: isPrivate, files: files, logger)
      let result = try await body(backend)
      await database.shutdown()
      await keeping.value
      return result
    } catch {
      await database.shutdown()
      await keeping.value
      if let error = error as? PostgresError { throw Failure(error, constraints: [:]) }
      throw error
    }
  }

  private init(_ database: PostgresClient, isPrivate: Bool, files: FolderStore?, _ logger: Logger) async throws {
    let schema = try SchemaFiles.ofThisProgram()
    schemaCheck = SchemaCheck(database: database, files: schema)
    try await schemaCheck.run()
    tenancy = Tenancy(database: database, clock: SystemClock(), random: SystemRandom.source, passwords: PasswordHasher())
    let installation = Installation(tenancy: tenancy)
    let found = isPrivate ? try await Trial.provider(installation) : try await tenancy.provider()
    guard let found else { throw Failure(.conflict, CommandMessages.notInstalled) }
    provider = found
    if let files { try await Self.check(files, owner: found.publicId.description, tenancy) }
    dispatcher = Dispatcher(
      registry: try Modules.registry(), tenancy: tenancy, cursors: try await installation.cursorSigner(provider: found), files: files,
      logger: logger)
    permissions = Set(try Modules.stockPermissions().keys)
    self.database = database
    self.files = files
    self.logger = logger
  }

  /// An empty folder is taken for a new one only while there is no attachment: else it may be one that is not mounted.
  private static func check(_ files: FolderStore, owner: String, _ tenancy: Tenancy) async throws {
    if await files.isOwned(by: owner) { return }
    if try await !AttachmentsInUse.look(tenancy), try await files.claim(for: owner) { return }
    throw Failure(.conflict, CommandMessages.foreignFileFolder, ["path": files.folder, "file": files.ownerFile, "owner": owner])
  }
}
