import ArgumentParser
import Foundation
import Kernel

/// The one executable. It reads arguments and configuration and connects the parts; it owns no rule.
@main
struct Steward: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "steward",
    abstract: "An open platform for managed service providers: contracts, service levels, service desk, scorecards.",
    discussion: """
      First try:   steward up --trial DIR --demo
      In service:  steward migrate --database URL; steward serve --database URL --certificate FILE --key FILE

      Settings come from flags, else from the environment (STEWARD_...), else from the file named by --config.
      Exit codes: 0 done, 1 failed, 2 refused (not allowed, not found, conflict), 3 unreadable input or something missing,
      4 try again later (busy, no database), 64 wrong usage.
      """,
    version: version,
    subcommands: [
      UpCommand.self, ServeCommand.self, MigrateCommand.self, ContractCommand.self, CatalogCommand.self, CmdbCommand.self, SlaCommand.self, ImportCommand.self,
      ScorecardCommand.self,
      TokenCommand.self, DoctorCommand.self, AdminCommand.self, HolidaysCommand.self, OpenAPICommand.self, OperationsCommand.self,
    ])

  static func main() async {
    // Output that a reader stopped reading ends the command, not with a crash.
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
    } catch let failure as Failure {
      Terminal.complain(failure)
      Foundation.exit(ExitCode(failure).rawValue)
    } catch let error where error is CleanExit || error is ValidationError || error is ArgumentParser.ExitCode {
      end(with: error)
    } catch let error where String(describing: type(of: error)) == "CommandError" {
      end(with: error)
    } catch {
      Terminal.complain("steward: \(error)")
      Foundation.exit(1)
    }
  }

  /// As the library of arguments does, which knows English only.
  private static func end(with error: any Error) -> Never {
    let text = fullMessage(for: error, columns: nil)
    guard Terminal.language != .english, exitCode(for: error) == .validationFailure, !text.isEmpty else { exit(withError: error) }
    Terminal.complain(UsageMessages.text(text, Terminal.language))
    Foundation.exit(ArgumentParser.ExitCode.validationFailure.rawValue)
  }
}

extension ArgumentParser.ExitCode {
  /// The one mapping of failures to exit codes.
  init(_ failure: Failure) {
    switch failure.kind {
    case .denied, .unauthenticated, .notFound, .conflict, .versionMismatch, .versionRequired: self.init(2)
    case .malformed, .invalid, .tooLarge: self.init(3)
    case .busy, .limited, .outcomeUnknown: self.init(4)
    case .internal: self.init(1)
    }
  }
}
