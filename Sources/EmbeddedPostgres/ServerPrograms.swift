import Glibc
import Kernel
import Logging
import OperatingSystem
import Subprocess
import SystemPackage

/// Runs PostgreSQL's programs as the cluster's owner.
struct ServerPrograms: Sendable {
  let owner: UserAccount
  let logger: Logger

  private var options: PlatformOptions {
    var options = PlatformOptions()
    // A session of its own: Ctrl-C at the terminal reaches Steward, which stops the server in its turn.
    options.createSession = true
    if geteuid() == 0 {
      options.userID = owner.userId
      options.groupID = owner.groupId
      options.supplementaryGroups = owner.groupIds
    }
    return options
  }

  /// Nothing is inherited: a PGPORT or PGOPTIONS of the caller must not decide how the server runs.
  private static let environment = Environment.custom(["PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"])

  /// Runs a program to its end. Returns what it printed, and whether it succeeded.
  func run(_ program: String, _ arguments: [String]) async throws -> (succeeded: Bool, output: String) {
    let result = try await Subprocess.run(
      .path(FilePath(program)), arguments: Arguments(arguments), environment: Self.environment, workingDirectory: "/", platformOptions: options,
      output: .string(limit: 1 << 20), error: .combinedWithOutput)
    return (result.terminationStatus.isSuccess, result.standardOutput)
  }

  /// Starts the server in the foreground as our child. `log` is closed here.
  ///
  /// The server gets `parentDeathSignal` from the kernel when this process ends in whatever way. There is no hook between
  /// fork and exec, so setpriv(1), which is part of Debian's base, asks for it and then becomes the server; the process
  /// id stays. The kernel watches the *thread* that forked: here one that the subprocess library keeps until exit.
  func start(_ program: String, _ arguments: [String], log: Int32, parentDeathSignal: String) -> ServerProcess {
    let setpriv = "/usr/bin/setpriv"
    let guarded = access(setpriv, X_OK) == 0
    let command = guarded ? ["--pdeathsig", parentDeathSignal, "--", program] + arguments : arguments
    let configuration = Configuration(
      executable: .path(FilePath(guarded ? setpriv : program)), arguments: Arguments(command), environment: Self.environment, workingDirectory: "/",
      platformOptions: options)
    return ServerProcess(
      { started in
        let output = FileDescriptor(rawValue: log)
        defer { try? output.close() }
        _ = try await Subprocess.run(
          configuration, input: .none, output: .fileDescriptor(output, closeAfterSpawningProcess: false),
          error: .fileDescriptor(output, closeAfterSpawningProcess: false)
        ) { started($0.processIdentifier.value) }
      },
      onError: { logger.error("the database server could not be run", metadata: ["reason": "\($0)"]) })
  }
}
