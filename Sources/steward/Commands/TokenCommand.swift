import ArgumentParser
import Kernel
import Operations

struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Tokens for the first administrator and for programs.", subcommands: [SetupToken.self])

  struct SetupToken: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "setup", abstract: "Print a one-time token with which the first administrator is made (24 hours).")

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var database: DatabaseOptions

    mutating func run() async throws {
      let reader = try await settings.reader()
      try await Backend.run(at: try database.place(reader), logger: try settings.logger(reader), connections: 2) { backend in
        guard let token = try await Installation(tenancy: backend.tenancy).setupToken(provider: backend.provider) else {
          throw Failure(.conflict, CommandMessages.setupDone)
        }
        print(token)
      }
    }
  }
}
