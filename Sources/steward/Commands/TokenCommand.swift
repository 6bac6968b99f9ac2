import ArgumentParser
import Kernel
import Operations

struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Tokens for programs and for the first administrator.", subcommands: [Create.self, Setup.self])

  struct Setup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print a one-time token with which the first administrator is made (24 hours).")

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

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print a token for a service account of the provider, which is made if it is missing.",
      discussion: "The secret is shown once; only its hash is kept. Every customer is in the account's reach.")

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var database: DatabaseOptions

    @Option(name: .long, help: "The service account's name.")
    var service: String

    @Option(name: .long, help: "The role of a new service account: administrator, account_manager, engineer or finance.")
    var role: String = StockRole.finance.rawValue

    @Option(name: .long, help: "How many days the token lives, 1 to 366.")
    var days: Int64 = 30

    mutating func run() async throws {
      guard (1...366).contains(days) else { throw ValidationError("--days", takes: 1...366) }
      let reader = try await settings.reader()
      let (service, role, days) = (service, role, days)
      try await Backend.run(at: try database.place(reader), logger: try settings.logger(reader), connections: 2) { backend in
        print(try await ServiceToken(backend: backend).create(service: service, role: role, lifetimeSeconds: days * 86_400))
      }
    }
  }
}

/// A token for a service account of the provider.
struct ServiceToken {
  let backend: Backend

  func create(service: String, role: String, lifetimeSeconds: Int64) async throws -> String {
    let accounts = try await CommandFinder(backend: backend).all("staff.list", [])
    let known = accounts.first { $0["kind"] == "service" && $0["name"]?.text == service && $0["state"] == "active" }?["id"]
    let account: Value
    if let known {
      account = known
    } else {
      account = try await backend.call("service_account.create", .object(["name": .text(service)]))["id"] ?? .null
      try await backend.call("staff_grant.add", .object(["account": account, "role": .text(role), "everyCustomer": .bool(true)]))
    }
    let expiresAt = SystemClock().now().adding(seconds: lifetimeSeconds)
    // Whole seconds: what is shown is what is stored.
    let created = try await backend.call(
      "token.create", .object(["name": .text(service), "staff": account, "expiresAt": .instant(Instant(seconds: expiresAt.seconds))]))
    return created["token"]?.text ?? ""
  }
}
