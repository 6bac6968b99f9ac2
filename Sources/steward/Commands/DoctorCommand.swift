import ArgumentParser
import EmbeddedPostgres
import Foundation
import Jobs
import Kernel
import Operations
import Postgres
import Schema
import TLS
import Tenancy

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Say what is missing or wrong, and how to mend it.",
    discussion: "Without a database it looks at this host; with one also at its schema and protections. Ends with 3 when something is wrong.")

  @OptionGroup var settings: SettingsOptions
  @OptionGroup var database: DatabaseOptions

  @Option(name: .long, help: ArgumentHelp("The server's certificate and its chain, PEM (tls.certificate).", valueName: "file"))
  var certificate: String?

  @Option(name: .long, help: ArgumentHelp("Its private key, PEM (tls.key).", valueName: "file"))
  var key: String?

  mutating func run() async throws {
    var findings = 0
    func report(_ what: String, _ problem: String?) {
      print("\(problem == nil ? "ok  " : "BAD ") \(what)" + (problem.map { "\n      \($0)" } ?? ""))
      if problem != nil { findings += 1 }
    }
    let reader = try await settings.reader()
    let logger = try settings.logger(reader)
    func check(_ what: String, _ body: () async throws -> Void) async {
      do {
        try await body()
        report(what, nil)
      } catch let failure as Failure {
        report(what, failure.text(Terminal.language) + (failure.debug.map { " (\($0))" } ?? ""))
      } catch {
        report(what, "\(error)")
      }
    }

    await check("SQL files") {
      _ = try SchemaFiles.ofThisProgram()
    }
    await check("PostgreSQL programs, for trials") { try EmbeddedPostgres.requirePrograms() }
    await check("gzip, for imports") {
      guard ["/bin/gzip", "/usr/bin/gzip"].contains(where: FileManager.default.isExecutableFile(atPath:)) else {
        throw Failure(.busy, CommandMessages.missingProgram, ["program": "gzip"])
      }
    }
    if let certificate = certificate ?? reader.string(forKey: "tls.certificate"), let key = key ?? reader.string(forKey: "tls.key") {
      await check("certificate") {
        let certificates = try ServerCertificates(files: .init(certificate: certificate, key: key))
        guard let days = certificates.expiryWarning(at: SystemClock().now()) else { return }
        throw Failure(.conflict, days < 0 ? CommandMessages.certificateExpired : CommandMessages.certificateExpires, ["days": String(days)])
      }
    }
    if database.database != nil || database.trial != nil || reader.string(forKey: "database.url") != nil {
      let place = try database.place(reader)
      var (waiting, dead, suspects) = ([WaitingJobs.Found]?.none, [String]?.none, [SuspectKinds.Found]())
      var snapshot: OldestSnapshot.Found?
      await check("database, its schema and its protections") {
        let now = SystemClock().now()
        let found = try await Backend.run(at: place, logger: logger, connections: 2) { backend in
          let (months, waiting, suspects, snapshot) = try await backend.tenancy.transaction(binding: [], side: .staff, readOnly: true) { transaction in
            let months = try await transaction.first(PartitionMonthsAhead(now: now)) ?? -1
            let snapshot = try await transaction.first(OldestSnapshot())
            return (months, try await transaction.query(WaitingJobs(now: now)), try await transaction.query(SuspectKinds(now: now)), snapshot)
          }
          return (months: months, waiting: waiting, suspects: suspects, dead: try await DeadJobs.inWords(backend.tenancy), snapshot: snapshot)
        }
        (waiting, dead, suspects, snapshot) = (found.waiting, found.dead, found.suspects, found.snapshot)
        guard found.months >= 2 else { throw Failure(.conflict, CommandMessages.fewPartitions, ["months": String(found.months)]) }
      }
      // The database was asked.
      if waiting != nil {
        await check("snapshots that hold up the clearing of tables") {
          guard let snapshot, snapshot.isTooOld else { return }
          throw Failure(
            .conflict, CommandMessages.oldSnapshot, ["holder": snapshot.holder, "transactions": String(snapshot.transactions)])
        }
      }
      if let waiting {
        await check("jobs that wait") {
          guard !waiting.isEmpty else { return }
          throw Failure(
            .conflict, CommandMessages.jobsWait,
            [
              "minutes": String(WaitingJobs.patienceSeconds / 60),
              "kinds": CommandMessages.list(waiting.map { "\($0.kind) (\($0.count))" }),
            ])
        }
      }
      if let dead {
        await check("jobs that were given up") {
          guard !dead.isEmpty else { return }
          throw Failure(.conflict, CommandMessages.jobsDead, ["kinds": CommandMessages.list(dead)])
        }
      }
      if !suspects.isEmpty {
        // Nothing is wrong with it yet: it is on its way.
        let kinds = CommandMessages.list(suspects.map { "\($0.kind) (\($0.count))" })
        let told = CommandMessages.jobsSuspect.text(Terminal.language, ["kinds": kinds])
        print("ok  jobs that are tried alone\n      \(told)")
      }
    }
    if findings > 0 { throw ExitCode(3) }
  }
}
