import EmbeddedPostgres
import Foundation
import Logging
import Synchronization

/// The one disposable PostgreSQL cluster of a test process: started when first asked for, ended and removed with the
/// process. What a killed run left in the temporary folders goes at the next run.
///
/// Each test has a database of a thousand files: they lie in memory where the machine has enough of it, which takes half of the time of making them.
package actor TestCluster {
  package static let shared = TestCluster()

  private var starting: Task<EmbeddedPostgres, any Error>?

  package func server() async throws -> EmbeddedPostgres {
    if let starting { return try await starting.value }
    let start = Task {
      TemporaryFolder.sweep()
      let folder = try TemporaryFolder.make(in: TemporaryFolder.clusterParent)
      // A database lives as long as its test: nothing in it grows old, and statistics that come of themselves would be another chance in each run.
      let server = try await EmbeddedPostgres.start(
        in: folder, durability: .disposable, logger: Logger(label: "test-cluster"), extraSettings: ["autovacuum": "off"])
      EndOfProcess.stop(server, andRemove: folder)
      return server
    }
    starting = start
    return try await start.value
  }
}

/// Temporary folders of test processes: `steward-test-<process id>-<random>`.
package enum TemporaryFolder {
  private static let prefix = "steward-test-"
  private static let memory = "/dev/shm"
  private static let parents = ["/tmp", memory]

  /// Where a cluster lies: in memory when that has room for the databases of some tests and for the log of what is written, else on the disk.
  static var clusterParent: String {
    var system = statvfs()
    guard statvfs(memory, &system) == 0 else { return "/tmp" }
    let (free, overflow) = UInt64(system.f_bavail).multipliedReportingOverflow(by: UInt64(system.f_frsize))
    return !overflow && free >= 8 << 30 ? memory : "/tmp"
  }

  /// A new folder of mode 0700. The caller removes it; when the process is killed, a later run does.
  package static func make(in parent: String = "/tmp") throws -> String {
    var template = Array("\(parent)/\(prefix)\(getpid())-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  package static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

  /// Removes a cluster's folder that nobody uses any more. It may hold hundreds of databases of a thousand files each, and a slow file system takes its
  /// time for each: so several threads remove the databases, each its share, before what is left goes.
  ///
  /// By threads of its own: it is called when no task runs any more.
  package static func removeCluster(_ path: String) {
    let base = "\(path)/data/base"
    let databases = ((try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []).map { "\(base)/\($0)" }
    let count = min(removers, databases.count)
    let running = Running(count)
    for first in 0..<count {
      let thread = Thread {
        for place in stride(from: first, to: databases.count, by: count) { TemporaryFolder.remove(databases[place]) }
        running.count.withLock { $0 -= 1 }
      }
      thread.start()
    }
    // A thread that the system did not give is not waited for for ever: what it left goes with the rest.
    for _ in 0..<120_000 where running.count.withLock({ $0 > 0 }) { usleep(5000) }
    remove(path)
  }

  private static let removers = 8

  /// How many threads are at work.
  private final class Running: Sendable {
    let count: Mutex<Int>
    init(_ count: Int) { self.count = Mutex(count) }
  }

  /// Removes the folders of processes that are gone. Another user's folders stay: removing them fails.
  static func sweep() {
    for parent in parents {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? [] where name.hasPrefix(prefix) {
        let processId = pid_t(name.dropFirst(prefix.count).prefix { $0.isNumber })
        if let processId, kill(processId, 0) != 0, errno == ESRCH { removeCluster("\(parent)/\(name)") }
      }
    }
  }
}

/// What is done when the process exits: C's atexit takes a function without a context, so what it needs is kept here.
private enum EndOfProcess {
  private static let server = Mutex<(server: EmbeddedPostgres, folder: String)?>(nil)

  static func stop(_ server: EmbeddedPostgres, andRemove folder: String) {
    Self.server.withLock { $0 = (server, folder) }
    atexit { EndOfProcess.run() }
  }

  /// Runs after the last task: nothing here may wait for one.
  private static func run() {
    guard let (server, folder) = Self.server.withLock({ $0.take() }) else { return }
    if let processId = server.processId {
      kill(processId, SIGQUIT)
      for _ in 0..<1000 where access("\(folder)/data/postmaster.pid", F_OK) == 0 { usleep(5000) }
    }
    TemporaryFolder.removeCluster(folder)
  }
}
