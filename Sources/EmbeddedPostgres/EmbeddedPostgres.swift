import Glibc
import Kernel
import Logging
import OperatingSystem

/// A private PostgreSQL cluster in a folder of ours, for trials and tests: made on first use, run as a child of this
/// process, reached through a Unix socket that only this user (or root) can open.
package final class EmbeddedPostgres: Sendable {
  package enum Durability: Sendable {
    /// For data that someone means to keep: survives a power cut.
    case durable
    /// For tests: fast, and lost in a crash of the machine.
    case disposable

    /// What the kernel sends the server when this process dies: an orderly stop for what is kept, the quickest for the rest.
    fileprivate var parentDeathSignal: String {
      switch self {
      case .durable: "INT"
      case .disposable: "QUIT"
      }
    }
  }

  package static let superuserName = "postgres_admin"
  /// It only names the socket's file; nothing listens on TCP.
  private static let portNumber = 5432

  package let socketDirectory: String
  package let port: Int
  package let superuser: String
  package let durability: Durability
  /// Where the server writes its log.
  package let logPath: String

  private let process: ServerProcess
  private let temporaryFolder: String?
  /// Held as long as the server runs.
  private let lock: FileLock

  /// Starts the cluster in `directory`, making it first when there is none. The folder's parent must exist.
  ///
  /// As root the server runs as `postgres` (else `nobody`), who then owns the folder. A server that an earlier, killed
  /// process left running on this cluster is stopped first. Throws a ``Failure`` that tells the operator what to do.
  package static func start(
    in directory: String, durability: Durability, logger: Logger, extraSettings: [String: String] = [:]
  ) async throws -> EmbeddedPostgres {
    let folder = try ClusterFolder(directory, owner: ClusterFolder.owner())
    let lock = try folder.lock()
    let binaries = try PostgresPrograms.find(version: folder.version)
    let programs = ServerPrograms(owner: folder.owner, logger: logger)
    try await stopOrphan(of: folder, logger: logger)
    if folder.version == nil { try await makeData(in: folder, binaries, programs, durability) }

    let (socketFolder, isTemporary) = try folder.makeSocketFolder(port: portNumber)
    let settings = ServerSettings(durability: durability, socketDirectory: socketFolder, port: portNumber, extra: extraSettings)
    let process = try programs.start(
      binaries.postgres, ["-D", folder.data] + settings.arguments, log: try folder.openLog(), parentDeathSignal: durability.parentDeathSignal)
    let server = EmbeddedPostgres(
      process: process, lock: lock, socketDirectory: socketFolder, temporaryFolder: isTemporary ? socketFolder : nil, durability: durability,
      logPath: folder.log)
    do {
      try await server.waitUntilReady(in: folder)
    } catch {
      await server.stop()
      throw error
    }
    logger.info("private database started", metadata: ["directory": "\(folder.path)", "socket": "\(socketFolder)"])
    return server
  }

  /// Where a cluster answers that another process runs; nil when none does. Who joins it neither starts nor stops it.
  package static func running(in directory: String) -> (socketDirectory: String, port: Int)? {
    let data = directory + "/data"
    guard let server = Postmaster(dataDirectory: data), server.isReady, server.runs(dataDirectory: data), let socket = server.socket else { return nil }
    return (socket.directory, socket.port)
  }

  private init(
    process: ServerProcess, lock: FileLock, socketDirectory: String, temporaryFolder: String?, durability: Durability, logPath: String
  ) {
    self.process = process
    self.lock = lock
    self.socketDirectory = socketDirectory
    self.temporaryFolder = temporaryFolder
    self.durability = durability
    self.logPath = logPath
    port = Self.portNumber
    superuser = Self.superuserName
  }

  /// The server's process id while it runs.
  package var processId: Int32? {
    if case .running(let pid) = process.state { pid } else { nil }
  }

  /// Breaks off every session and returns when the server has ended. An orderly stop, and after ten seconds an immediate
  /// one, after which the next start recovers from the log. A second call waits for the same end.
  package func stop() async {
    // In a task of its own, because a cancelled caller still has to wait for the server's end.
    await Task { [process] in
      // A child that is being started cannot be signalled yet, but soon.
      while process.state == .starting { try? await Task.sleep(for: .milliseconds(5)) }
      for signal in [SIGINT, SIGQUIT, SIGKILL] {
        process.send(signal)
        if (try? await process.ended(within: .seconds(10))) == true { break }
      }
    }.value
    // Only if it is empty: the server removes its socket when it stops.
    if let temporaryFolder { rmdir(temporaryFolder) }
    if process.state == .ended { lock.release() }
  }

  private func waitUntilReady(in folder: ClusterFolder) async throws {
    // Generous, because after a crash the server first repeats what its log holds.
    let deadline = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < deadline {
      switch process.state {
      case .starting: break
      case .ended: throw Failure(.busy, EmbeddedPostgresMessages.startFailed, ["directory": folder.path, "reason": folder.logTail])
      case .running(let pid):
        if let postmaster = Postmaster(dataDirectory: folder.data), postmaster.processId == pid, postmaster.isReady { return }
      }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw Failure(.busy, EmbeddedPostgresMessages.startFailed, ["directory": folder.path, "reason": "not ready after 120 s\n" + folder.logTail])
  }

  /// Stops the server that an earlier process left behind. Taking it over would be quicker, but it may run with other
  /// settings, and nobody waits for its end. We hold the lock, so its owner is gone.
  private static func stopOrphan(of folder: ClusterFolder, logger: Logger) async throws {
    guard let orphan = Postmaster(dataDirectory: folder.data), orphan.runs(dataDirectory: folder.data) else { return }
    logger.warning("stopping a database server that an earlier run left behind", metadata: ["pid": "\(orphan.processId)"])
    for signal in [SIGINT, SIGQUIT] {
      _ = kill(orphan.processId, signal)
      let deadline = ContinuousClock.now + .seconds(10)
      while ContinuousClock.now < deadline {
        guard orphan.runs(dataDirectory: folder.data) else { return }
        try await Task.sleep(for: .milliseconds(10))
      }
    }
    throw Failure(.busy, EmbeddedPostgresMessages.orphanStays, ["pid": String(orphan.processId)])
  }

  private static func makeData(in folder: ClusterFolder, _ binaries: PostgresPrograms, _ programs: ServerPrograms, _ durability: Durability) async throws {
    // As the owner and not as root: what lies there is the owner's, and so are the links in it.
    _ = try await programs.run("/bin/rm", ["-rf", "--", folder.unfinishedData])
    var arguments = [
      "--pgdata", folder.unfinishedData, "--username", superuserName, "--encoding", "UTF8", "--locale", "C.UTF-8", "--lc-collate", "C",
      "--lc-messages", "C", "--data-checksums", "--no-instructions",
      // Whoever can open the socket is trusted; its folder has mode 0700.
      "--auth", "trust",
    ]
    if durability == .disposable { arguments.append("--no-sync") }
    let (succeeded, output) = try await programs.run(binaries.initdb, arguments)
    guard succeeded else { throw Failure(.busy, EmbeddedPostgresMessages.initFailed, ["directory": folder.path, "reason": output]) }
    try folder.adoptUnfinishedData()
  }
}

extension EmbeddedPostgres {
  /// Throws a ``Failure`` that says what to install when a cluster could not be run here.
  package static func requirePrograms() throws { _ = try PostgresPrograms.find(version: nil) }
}
