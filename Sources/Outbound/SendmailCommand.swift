import Kernel
import Notifications
import Subprocess
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Hands mail to the system's sendmail command, which every mail server has: the message by standard input, the receiver as an argument
/// behind `--`, so that no address is ever an option.
package struct SendmailCommand: MailCourier {
  private let path: FilePath
  private let sender: String?
  private let timeLimit: Duration

  /// - Parameters:
  ///   - path: of the command, absolute: `/usr/sbin/sendmail`.
  ///   - sender: whom what cannot be delivered goes back to; nil: as the command has it.
  package init(path: String, sender: String? = nil, timeLimit: Duration = .seconds(30)) {
    self.path = FilePath(path)
    self.sender = sender
    self.timeLimit = timeLimit
  }

  package func send(_ message: [UInt8], to address: String) async -> Delivery {
    await withTaskGroup(of: Delivery?.self) { group in
      group.addTask { await run(message, address) }
      group.addTask {
        try? await Task.sleep(for: timeLimit)
        return nil
      }
      let first = await group.next() ?? nil
      // Whichever is still at it ends: the command is killed.
      group.cancelAll()
      return first ?? .later("the mail command took too long")
    }
  }

  private func run(_ message: [UInt8], _ address: String) async -> Delivery {
    var options = PlatformOptions()
    // What it starts goes with it.
    options.processGroupID = 0
    options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(1))]
    guard let input = Self.file(of: message) else { return .later("the message could not be put aside for the mail command") }
    let from = sender.map { ["-f", $0] } ?? []
    do {
      let outcome = try await Subprocess.run(
        .path(path), arguments: Arguments(["-i"] + from + ["--", address]), environment: .custom(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"]),
        workingDirectory: "/", platformOptions: options, input: .fileDescriptor(input, closeAfterSpawningProcess: true), output: .discarded, error: .discarded)
      return Self.delivery(outcome.terminationStatus)
    } catch {
      return .later("the mail command could not be run")
    }
  }

  /// A file without a name: a command that ends before it has read all of it still says by its exit code why.
  private static func file(of message: [UInt8]) -> FileDescriptor? {
    guard let file = tmpfile() else { return nil }
    defer { fclose(file) }
    guard fwrite(message, 1, message.count, file) == message.count, fflush(file) == 0, fseek(file, 0, SEEK_SET) == 0 else { return nil }
    return try? FileDescriptor(rawValue: fileno(file)).duplicate()
  }

  /// By the exit codes of sysexits.h. What is wrong with the receiver or the message stays wrong; what is wrong with the machine may be
  /// mended.
  private static func delivery(_ status: TerminationStatus) -> Delivery {
    switch status {
    case .exited(0): .sent
    case .exited(65): .refused("the mail command refuses the message (65)")
    case .exited(67): .refused("the mail command does not know the receiver (67)")
    case .exited(68): .refused("the mail command does not know the receiver's host (68)")
    case .exited(75): .later("the mail command asks to try later (75)")
    case .exited(let code): .later("the mail command ended with \(code)")
    case .signaled(let signal): .later("the mail command was ended by signal \(signal)")
    }
  }
}
