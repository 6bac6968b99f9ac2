import ArgumentParser
import Foundation
import Kernel
import Operations
import Postgres
import TLS
import Tenancy

struct MigrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate", abstract: "Bring a database to the schema of this build.",
    discussion: """
      Connect as a superuser: roles are made, one of which may bypass row security. Migrations run forward only, each in one
      transaction; a second migrator waits. On a new database the provider's own tenant is made, and a one-time token for
      the first administrator is printed. Safe to repeat.
      """)

  @OptionGroup var settings: SettingsOptions

  @Option(name: .long, help: ArgumentHelp("The database, as a superuser: postgres://... (migrate.url).", valueName: "url"))
  var database: String?

  @Option(name: .long, help: ArgumentHelp("A private PostgreSQL in this folder; made if missing.", valueName: "dir"))
  var trial: String?

  @Option(name: .long, help: "A new provider's code, part of its ticket numbers.")
  var providerCode = "MSP"

  @Option(name: .long, help: "A new provider's name.")
  var providerName = "Provider"

  @Option(name: .long, help: "A new provider's IANA time zone.")
  var providerZone = "UTC"

  mutating func run() async throws {
    let reader = try await settings.reader()
    let logger = try settings.logger(reader)
    if let trial {
      // Starting a trial migrates it.
      try await Backend.run(at: .trial(trial), logger: logger, joins: false) { backend in
        try await Self.show(nil, Installation(tenancy: backend.tenancy), backend.provider)
      }
      return
    }
    guard let url = database ?? reader.string(forKey: "migrate.url", isSecret: true) else {
      throw ValidationError(UsageMessages.whichDatabaseToMigrate)
    }
    let client = PostgresClient(try DatabaseOptions.configuration(url: url), logger: logger)
    let keeping = Task { await client.run() }
    do {
      let report = try await Migration.run(on: client)
      let zone = try TimeZoneName.check(providerZone, "provider-zone")
      let installation = Installation(
        tenancy: Tenancy(database: client, clock: SystemClock(), random: SystemRandom.source, passwords: PasswordHasher()))
      let provider = try await installation.provider(code: providerCode, name: providerName, zone: zone, language: Terminal.language)
      try await Self.show((report.from, report.to), installation, provider)
    } catch {
      await client.shutdown()
      await keeping.value
      throw Failure(error, constraints: [:])
    }
    await client.shutdown()
    await keeping.value
  }

  private static func show(_ versions: (from: Int64, to: Int64)?, _ installation: Installation, _ provider: TenantEntry) async throws {
    if let versions {
      let message = versions.from == versions.to ? CommandMessages.alreadyMigrated : CommandMessages.migrated
      print(message.text(Terminal.language, ["from": String(versions.from), "to": String(versions.to)]))
    }
    guard let token = try await installation.setupToken(provider: provider) else { return }
    print(CommandMessages.setup.text(Terminal.language))
    print("  \(token)")
  }
}
