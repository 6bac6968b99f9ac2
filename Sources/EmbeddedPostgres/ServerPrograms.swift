import Glibc
import Kernel
import Logging
import OperatingSystem
import Subprocess
import SystemPackage

/// Runs PostgreSQL's programs as the cluster's owner.
///
/// What happens between fork and exec is left to setpriv(1), part of Debian's base, which becomes the program in the end,
/// so that the process id stays. The subprocess library could change the user too, but it forks by a bare system call in
/// a process with threads, and there glibc's setgroups(2) waits for ever when another thread was just starting.
struct ServerPrograms: Sendable {
  private static let setpriv = "/usr/bin/setpriv"

  let owner: UserAccount
  let logger: Logger

  /// Runs a program to its end. Returns what it printed, and whether it succeeded.
  func run(_ program: String, _ arguments: [String]) async throws -> (succeeded: Bool, output: String) {
    let result = try await Subprocess.run(
      try configuration(program, arguments), output: .string(limit: 1 << 20), error: .combinedWithOutput)
    return (result.terminationStatus.isSuccess, result.standardOutput)
  }

  /// Starts the server in the foreground as our child. `log` is closed here.
  ///
  /// The server gets `parentDeathSignal` from the kernel when this process ends in whatever way. The kernel watches the
  /// *thread* that forked: here one that the subprocess library keeps until the process exits.
  func start(_ program: String, _ arguments: [String], log: Int32, parentDeathSignal: String) throws -> ServerProcess {
    let output = FileDescriptor(rawValue: log)
    let configuration: Configuration
    do {
      configuration = try self.configuration(program, arguments, parentDeathSignal: parentDeathSignal)
    } catch {
      try? output.close()
      throw error
    }
    return ServerProcess(
      { started in
        defer { try? output.close() }
        _ = try await Subprocess.run(
          configuration, input: .none, output: .fileDescriptor(output, closeAfterSpawningProcess: false),
          error: .fileDescriptor(output, closeAfterSpawningProcess: false)
        ) { started($0.processIdentifier.value) }
      },
      onError: { logger.error("the database server could not be run", metadata: ["reason": "\($0)"]) })
  }

  private func configuration(_ program: String, _ arguments: [String], parentDeathSignal: String? = nil) throws(Failure) -> Configuration {
    var privileges: [String] = []
    if let parentDeathSignal { privileges += ["--pdeathsig", parentDeathSignal] }
    if geteuid() == 0 {
      let groups = owner.groupIds.map(String.init).joined(separator: ",")
      privileges += ["--reuid", String(owner.userId), "--regid", String(owner.groupId), "--groups", groups]
    }
    guard access(Self.setpriv, X_OK) == 0 else { throw Failure(.busy, EmbeddedPostgresMessages.noSetpriv) }
    var options = PlatformOptions()
    // A session of its own: Ctrl-C at the terminal reaches Steward, which stops the server in its turn.
    options.createSession = true
    return Configuration(
      executable: .path(FilePath(Self.setpriv)), arguments: Arguments(privileges + ["--", program] + arguments),
      // Nothing is inherited: a PGPORT or PGOPTIONS of the caller must not decide how the server runs.
      environment: .custom(["PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"]), workingDirectory: "/", platformOptions: options)
  }
}
