import Foundation
import Kernel
import Logging
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import EmbeddedPostgres

/// Real clusters, as the user who runs the tests: as root that includes the drop to another user. psql is the witness.
@Suite final class ClusterTests: Sendable {
  let folder: String
  let logger = Logger(label: "cluster-tests") { _ in SwiftLogNoOpLogHandler() }

  init() throws {
    folder = try TemporaryFolder.make()
    // The folder above a cluster must let the server's user through.
    chmod(folder, 0o711)
  }

  deinit { TemporaryFolder.remove(folder) }

  private func start(_ durability: EmbeddedPostgres.Durability = .disposable, in name: String = "cluster", _ extra: [String: String] = [:]) async throws
    -> EmbeddedPostgres
  {
    try await EmbeddedPostgres.start(in: "\(folder)/\(name)", durability: durability, logger: logger, extraSettings: extra)
  }

  private func failure(_ body: () async throws -> EmbeddedPostgres) async -> Failure? {
    do {
      let server = try await body()
      await server.stop()
      return nil
    } catch {
      return error as? Failure
    }
  }

  @Test func aDurableClusterKeepsItsDataOverARestart() async throws {
    let first = try await start(.durable)
    #expect(try await psql(first, "CREATE TABLE kept AS SELECT 42 AS answer") == "SELECT 1")
    await first.stop()
    #expect(first.processId == nil)
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/cluster/data/postmaster.pid"))
    let second = try await start(.durable)
    #expect(try await psql(second, "SELECT answer FROM kept") == "42")
    #expect(
      try await psql(second, "SELECT current_setting('fsync') || current_setting('full_page_writes') || current_setting('synchronous_commit')") == "ononon")
    await second.stop()
    await second.stop()
  }

  @Test func theSettingsAreWhatTestsAndDataNeed() async throws {
    let server = try await start(.disposable, in: "cluster", ["work_mem": "7MB", "listen_addresses": "127.0.0.1", "port": "6000"])
    let names = ["fsync", "listen_addresses", "port", "timezone", "log_timezone", "server_encoding", "work_mem", "data_checksums", "cluster_name"]
    let query = "SELECT " + names.map { "current_setting('\($0)')" }.joined(separator: " || ',' || ")
    #expect(try await psql(server, query) == "off,,5432,UTC,UTC,UTF8,7MB,on,steward_disposable")
    #expect(try await psql(server, "SELECT datcollate || ',' || datctype FROM pg_database WHERE datname = 'template1'") == "C,C.UTF-8")
    var status = stat()
    try #require(stat(server.socketDirectory, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o700)
    #expect(status.st_uid == (try ClusterFolder.owner().userId))
    await server.stop()
  }

  @Test func aSecondProcessIsRefused() async throws {
    let server = try await start()
    let refused = await failure { try await start() }
    #expect(refused?.code == EmbeddedPostgresMessages.inUse.key)
    #expect(try await psql(server, "SELECT 1") == "1")
    await server.stop()
    let third = try await start()
    await third.stop()
  }

  /// A server whose parent was killed: started without us, on our cluster, by nobody who still lives.
  @Test func aServerLeftBehindIsStoppedAndItsDataKept() async throws {
    let first = try await start(.durable)
    #expect(try await psql(first, "CREATE TABLE kept AS SELECT 7 AS answer") == "SELECT 1")
    await first.stop()
    let data = "\(folder)/cluster/data"
    let programs = ServerPrograms(owner: try ClusterFolder.owner(), logger: logger)
    let postgres = try PostgresPrograms.find(version: nil).postgres
    _ = try await programs.run(
      "/bin/sh", ["-c", "\(postgres) -D \(data) -c listen_addresses= -c unix_socket_directories=\(folder)/cluster/run >/dev/null 2>&1 &"])
    var orphan: Postmaster?
    while orphan?.isReady != true {
      try await Task.sleep(for: .milliseconds(10))
      orphan = Postmaster(dataDirectory: data)
    }
    let pid = try #require(orphan?.processId)
    #expect(orphan?.runs(dataDirectory: data) == true)

    let second = try await start(.durable)
    #expect(second.processId != pid)
    #expect(Postmaster("\(pid)\n")?.runs(dataDirectory: data) == false)
    #expect(try await psql(second, "SELECT answer FROM kept") == "7")
    await second.stop()
  }

  /// The number in a stale file may belong to any process: only a postgres of this very folder is stopped.
  @Test func anotherProcessIsNotTakenForTheServer() async throws {
    let server = try await start()
    let pid = try #require(server.processId)
    #expect(Postmaster("\(pid)\n")?.runs(dataDirectory: "\(folder)/cluster/data") == true)
    #expect(Postmaster("\(pid)\n")?.runs(dataDirectory: folder) == false)
    #expect(Postmaster("\(getpid())\n")?.runs(dataDirectory: "\(folder)/cluster/data") == false)
    await server.stop()
    // The same file as a crash leaves it, with our own number in it: postgres sees that it is stale, and we live on.
    try "\(getpid())\n\(folder)/cluster/data\n1\n5432\n\n\n\nready\n".write(toFile: "\(folder)/cluster/data/postmaster.pid", atomically: false, encoding: .utf8)
    #expect(Postmaster(dataDirectory: "\(folder)/cluster/data")?.isReady == true)
    #expect(Postmaster(dataDirectory: "\(folder)/cluster/data")?.runs(dataDirectory: "\(folder)/cluster/data") == false)
    let again = try await start()
    #expect(try await psql(again, "SELECT 1") == "1")
    await again.stop()
  }

  @Test func aHalfMadeClusterIsMadeAnew() async throws {
    let server = try await start()
    await server.stop()
    // As an interrupted initdb leaves it: files in the place where it works, and no data yet.
    try FileManager.default.moveItem(atPath: "\(folder)/cluster/data", toPath: "\(folder)/cluster/data.unfinished")
    try FileManager.default.removeItem(atPath: "\(folder)/cluster/data.unfinished/global/pg_control")
    let again = try await start()
    #expect(try await psql(again, "SELECT 1") == "1")
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/cluster/data.unfinished"))
    await again.stop()
  }

  @Test func aSocketPathTooLongGetsAShortFolder() async throws {
    let server = try await start(.disposable, in: String(repeating: "long-", count: 25))
    #expect(server.socketDirectory.hasPrefix("/tmp/steward-"))
    var status = stat()
    try #require(stat(server.socketDirectory, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o700)
    #expect(try await psql(server, "SELECT 1") == "1")
    await server.stop()
    #expect(!FileManager.default.fileExists(atPath: server.socketDirectory))
  }

  @Test func aServerThatDoesNotStartSaysWhy() async throws {
    let failed = await failure { try await start(.disposable, in: "cluster", ["work_mem": "a lot"]) }
    #expect(failed?.code == EmbeddedPostgresMessages.startFailed.key)
    #expect(failed?.text(.english).contains("work_mem") == true)
    // And nothing is held on to.
    let server = try await start()
    await server.stop()
  }

  @Test func aFolderOfOtherFilesIsLeftAlone() async throws {
    let foreign = "\(folder)/foreign"
    mkdir(foreign, 0o755)
    try "mine".write(toFile: foreign + "/letter", atomically: false, encoding: .utf8)
    let refused = await failure { try await start(.disposable, in: "foreign") }
    #expect(refused?.code == EmbeddedPostgresMessages.notOurs.key)
    var status = stat()
    try #require(stat(foreign, &status) == 0)
    #expect(status.st_uid == geteuid())
    #expect(status.st_mode & 0o777 == 0o755)
  }

  @Test(.enabled(if: geteuid() == 0)) func rootIsToldWhichFolderIsClosed() async throws {
    mkdir("\(folder)/closed", 0o700)
    let refused = await failure { try await start(.disposable, in: "closed/cluster") }
    #expect(refused?.code == EmbeddedPostgresMessages.unreachable.key)
    #expect(refused?.arguments["folder"] == "\(folder)/closed")
  }

  @Test func aCancelledStartLeavesNoServer() async throws {
    let start = Task { try await self.start() }
    start.cancel()
    await #expect(throws: (any Error).self) { try await start.value }
    #expect(Postmaster(dataDirectory: "\(folder)/cluster/data") == nil)
    let server = try await self.start()
    await server.stop()
  }
}

/// What psql prints for one statement, without a configuration of the user's.
func psql(_ server: EmbeddedPostgres, _ statement: String) async throws -> String {
  let result = try await Subprocess.run(
    .name("psql"),
    arguments: ["-X", "-A", "-t", "-h", server.socketDirectory, "-p", String(server.port), "-U", server.superuser, "-d", "postgres", "-c", statement],
    output: .string(limit: 10_000), error: .string(limit: 10_000))
  #expect(result.standardError == "")
  return result.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
}
