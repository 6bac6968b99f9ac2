import Foundation
import Kernel
import Postgres
@testable import Changes
@testable import Desk
@testable import MajorIncidents
@testable import Problems
@testable import Requests
@testable import Scorecard
import TestSupport
import Testing
@testable import TimeEntries

/// Every statement of the sources fits the migrated schema, and names its tenant.
@Suite struct StatementTests {
  private static let read = Result {
    try SourceStatements(folder: RealData.packageRoot.appendingPathComponent("Sources")).statements
  }

  private static func all() throws -> [SourceStatements.Found] {
    let constant = try read.get().map { SourceStatements.Found(name: $0.name, file: $0.file, sql: $0.sql ?? Composed.texts[$0.name]) }
    return constant + Composed.ofKinds.map { SourceStatements.Found(name: $0.key, file: "", sql: $0.value) }
  }

  @Test func everyStatementPrepares() async throws {
    let database = try await TestDatabase.make()
    let statements = try Self.all()
    // As the server's own role: a missing grant is found too.
    let failures = try await database.application.withConnection { connection in
      var failures: [String] = []
      // What stands on temporary tables needs them; here they outlive their transaction.
      for case let text? in statements.map(\.sql) where text.contains("create temporary table") {
        _ = try await connection.runScript(text.replacingOccurrences(of: "on commit drop", with: ""))
      }
      for statement in statements {
        guard let sql = statement.sql else {
          failures.append("\(statement.name) (\(statement.file)): not a constant text")
          continue
        }
        do { _ = try await connection.describe(sql) } catch {
          failures.append("\(statement.name) (\(statement.file)): \(String(reflecting: error))")
        }
      }
      return failures
    }
    #expect(failures == [])
    #expect(statements.count > 100)
    print("statements prepared: \(statements.count)")
  }

  /// Schema-rules 15: every tenant table in a statement is joined or filtered by its tenant.
  @Test func everyStatementNamesItsTenant() async throws {
    let database = try await TestDatabase.make()
    let tables = try await database.superuser.transaction { try await $0.query(TenantTables()) }
    #expect(tables.count > 10)
    for statement in try Self.all() {
      guard let sql = statement.sql, AcrossTenants.reasons[statement.name] == nil else { continue }
      for table in Self.unbound(sql, tables) { Issue.record("\(statement.name) (\(statement.file)) does not name the tenant of \(table)") }
    }
    for name in AcrossTenants.reasons.keys { #expect(try Self.all().contains { $0.name == name }, "\(name) is no statement any more") }
  }

  @Test(arguments: [
    ("select name from tenancy.person", true),
    ("select name from tenancy.person where tenant_id = $1", false),
    ("select name from tenancy.person p where p.tenant_id = any($1)", false),
    ("select name from tenancy.person p join tenancy.org_unit u on u.id = p.unit_id where p.tenant_id = $1", true),
    ("select name from tenancy.person p join tenancy.org_unit u on u.tenant_id = p.tenant_id and u.id = p.unit_id where p.tenant_id = $1", false),
    ("insert into tenancy.person (name) values ($1)", true),
    ("insert into tenancy.person (tenant_id, name) values ($1, $2)", false),
    ("update tenancy.person set name = $1 where id = $2", true),
    ("update tenancy.person as p set name = $1 where p.tenant_id = $2", false),
    ("delete from tenancy.person where id = $1", true),
  ])
  func aStatementWithoutItsTenantIsFound(sql: String, isFound: Bool) {
    #expect(Self.unbound(sql, ["tenancy.person", "tenancy.org_unit"]).isEmpty == !isFound)
  }

  @Test func constantsAreReadAsTheyAreWritten() {
    let text =
      "struct A: Statement {\n  static let sql = \"select \\(columns) from t\" + B.tail\n  static let columns = \"a, b\"\n}\n"
      + "struct B {\n  static let tail = \"\"\"\n     where a = 'x'\n    \"\"\"\n}\nstruct C: Statement {\n  static let sql = String(1)\n}\n"
    let found = SourceStatements(text: text).statements
    #expect(found.map(\.name) == ["A", "C"])
    #expect(found.first?.sql?.split(whereSeparator: \.isWhitespace).joined(separator: " ") == "select a, b from t where a = 'x'")
    #expect(found.last?.sql == nil)
  }

  /// The tenant tables of a statement whose `tenant_id` it does not name: by alias where there is more than one table.
  static func unbound(_ sql: String, _ tables: [String]) -> [String] {
    let flat = sql.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let words: Set<String> = [
      "set", "where", "on", "join", "left", "inner", "cross", "using", "values", "select", "order", "group", "for", "as", "limit", "returning", "union",
      "lateral", "default", "from", "and",
    ]
    return tables.filter { table in
      flat.ranges(of: table).contains { range in
        let before = flat[..<range.lowerBound]
        let after = flat[range.upperBound...]
        guard after.first.map({ !($0.isLetter || $0.isNumber || $0 == "_") }) ?? true else { return false }
        if before.hasSuffix("insert into ") {
          return !(after.drop { $0 == " " }.hasPrefix("(tenant_id") || after.prefix { $0 != ")" }.contains("tenant_id"))
        }
        guard before.hasSuffix("from ") || before.hasSuffix("join ") || before.hasSuffix("update ") || before.hasSuffix(", ") else { return false }
        let next = after.drop { $0 == " " }
        let alias = (next.hasPrefix("as ") ? next.dropFirst(3) : next).prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        let name = alias.isEmpty || words.contains(String(alias)) ? nil : String(alias)
        let bare = flat.contains(/(?:where|and|on) tenant_id =/)
        if let name { return !(flat.contains("\(name).tenant_id =") || flat.contains("= \(name).tenant_id") || flat.contains("(\(name).tenant_id,") || bare) }
        return !(bare || flat.contains("\(table).tenant_id") || flat.contains("using (tenant_id"))
      }
    }
  }
}

private struct TenantTables: Statement {
  static let sql = """
    select c.oid::regclass::text from pg_catalog.pg_class c
    where c.relkind in ('r', 'p') and not c.relispartition and pg_catalog.obj_description(c.oid, 'pg_class') like 'class=tenant%' order by 1
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// Statements whose texts are made by a function of parts that the sources hold.
enum Composed {
  static let texts: [String: String] = [
    "DerivedFacts": DerivedFacts.sql, "RebuildFacts": RebuildFacts.sql, "StoredFacts": StoredFacts.sql, "StoreFacts": StoreFacts.sql,
    // Lists that may be narrowed by an attribute.
    "ChangesOfProvider": ChangesOfProvider.sql, "ChangesOfCustomers": ChangesOfCustomers.sql, "ChangesOfTeams": ChangesOfTeams.sql,
    "ChangesOfService": ChangesOfService.sql,
    "ProblemsOfProvider": ProblemsOfProvider.sql, "RequestsOfTenant": RequestsOfTenant.sql, "RequestsOfRequester": RequestsOfRequester.sql,
    "RequestsOfScope": RequestsOfScope.sql, "ReleasePage": ReleasePage.sql, "ReleasesOfCustomers": ReleasesOfCustomers.sql,
    "MajorsOfProvider": MajorsOfProvider.sql, "MajorsOfCustomers": MajorsOfCustomers.sql,
  ]

  /// Statements that are written once for several tables, of each: the sources hold no constant text of them.
  static var ofKinds: [String: String] {
    let all = [
      offers(OfferSubject.self), offers(OfferedTicket.self), offers(OfferedRequest.self), articles(CitingIncidents.self), articles(CitingRequests.self),
      owners(ProblemOwners.self), owners(ChangeOwners.self), owners(ReleaseOwners.self), owners(MajorOwners.self), timeOfThings,
      comments(CommentedProblems.self), comments(CommentedChanges.self), comments(CommentedReleases.self), links(ChangeRow.self),
      links(ProblemRow.self),
    ]
    return all.reduce(into: [:]) { texts, more in texts.merge(more) { $1 } }
  }

  private static let timeOfThings = [
    "TimeOfProblem": TimeOfProblem.sql, "TimeOfChange": TimeOfChange.sql, "TimeOfRelease": TimeOfRelease.sql, "TimeOfMajor": TimeOfMajor.sql,
  ]

  private static func offers<Subject: OfferedSubject>(_ subject: Subject.Type) -> [String: String] {
    [
      "OpenOffer<\(subject)>": OpenOffer<Subject>.sql, "OffersOf<\(subject)>": OffersOf<Subject>.sql, "InsertOffer<\(subject)>": InsertOffer<Subject>.sql,
      "AnswerOffer<\(subject)>": AnswerOffer<Subject>.sql, "EndOffers<\(subject)>": EndOffers<Subject>.sql,
      "RemindOfOffer<\(subject)>": RemindOfOffer<Subject>.sql,
    ]
  }

  private static func articles<Process: CitingProcess>(_ process: Process.Type) -> [String: String] {
    [
      "MarkCandidate<\(process)>": MarkCandidate<Process>.sql, "SettleCandidate<\(process)>": SettleCandidate<Process>.sql,
      "KeepArticleUse<\(process)>": KeepArticleUse<Process>.sql, "DropArticleUse<\(process)>": DropArticleUse<Process>.sql,
      "ArticlesOfRecord<\(process)>": ArticlesOfRecord<Process>.sql,
    ]
  }

  private static func comments<Process: CommentedProcess>(_ process: Process.Type) -> [String: String] {
    ["InsertStaffComment<\(process)>": InsertStaffComment<Process>.sql, "CommentsOfRecord<\(process)>": CommentsOfRecord<Process>.sql]
  }

  private static func links<Row: LinkedRow>(_ row: Row.Type) -> [String: String] { ["LinkedRows<\(row)>": LinkedRows<Row>.sql] }

  private static func owners<Keeper: ProcessOwnerKeeper>(_ keeper: Keeper.Type) -> [String: String] {
    ["HoldOwned<\(keeper)>": HoldOwned<Keeper>.sql, "LoseOwner<\(keeper)>": LoseOwner<Keeper>.sql]
  }
}

/// Statements on tenant tables that name no tenant, with the reason.
enum AcrossTenants {
  static let reasons: [String: String] = [:]
}
