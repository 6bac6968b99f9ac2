import ArgumentParser
import Configuration
import Foundation
import Kernel
import Postgres

/// The database of a command: one that there is, or a private one in a folder.
struct DatabaseOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The database, as the role steward_app: postgres://... (database.url).", valueName: "url"))
  var database: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A private PostgreSQL in this folder; made if missing, stopped at the end. One that \"steward up\" runs is used as it runs.", valueName: "dir"))
  var trial: String?

  enum Place {
    case url(PostgresConfiguration)
    case trial(String)
  }

  func place(_ settings: ConfigReader) throws -> Place {
    if let trial {
      guard database == nil else { throw ValidationError(UsageMessages.eitherOr, ["one": "--database", "other": "--trial"]) }
      return .trial(trial)
    }
    guard let url = database ?? settings.string(forKey: "database.url", isSecret: true) else {
      throw ValidationError(CommandMessages.whichDatabase)
    }
    return .url(try Self.configuration(url: url))
  }

  static func configuration(url: String) throws -> PostgresConfiguration {
    do {
      return try PostgresConfiguration(url: url)
    } catch {
      throw Failure(.invalid, CommandMessages.badDatabaseURL, ["reason": "\(error)"])
    }
  }
}
