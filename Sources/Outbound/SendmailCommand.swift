import Kernel
import Notifications
import Subprocess
import SystemPackage

/// Hands mail to the system's sendmail command, which every mail server has: the message by standard input, the receiver as an argument
/// behind `--`, so that no address is ever an option.
package struct SendmailCommand: MailCourier {
  private let path: FilePath
  private let timeLimit: Duration

  /// - Parameter path: of the command, absolute: `/usr/sbin/sendmail`.
  package init(path: String, timeLimit: Duration = .seconds(30)) {
    self.path = FilePath(path)
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
    do {
      let outcome = try await Subprocess.run(
        .path(path), arguments: ["-i", "--", address], environment: .custom(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"]),
        workingDirectory: "/", platformOptions: options, input: .array(message), output: .discarded, error: .discarded)
      return Self.delivery(outcome.terminationStatus)
    } catch {
      return .later("the mail command could not be run")
    }
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
