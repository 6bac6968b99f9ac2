import Testing

/// Each rule rejects what it is there for and accepts what is right: a rule that never fires protects nothing.
@Suite struct RuleTests {
  struct Fixture: Sendable, CustomTestStringConvertible {
    let rule: Rule
    let path: String
    let text: String

    init(_ rule: Rule, _ path: String, _ text: String) {
      self.rule = rule
      self.path = path
      self.text = text
    }

    var testDescription: String { "\(rule.name): \(path): \(text.prefix(60))" }
  }

  static let rejected = [
    Fixture(Rules.imports, "Sources/Kernel/Id.swift", "import Foundation"),
    Fixture(Rules.imports, "Sources/ServiceTime/Calendar.swift", "import Kernel\nimport Glibc"),
    Fixture(Rules.imports, "Sources/Desk/Store/Tickets.swift", "import CLibPQ"),
    Fixture(Rules.imports, "Sources/Contracts/Contract.swift", "@testable import Desk"),
    Fixture(Rules.imports, "Sources/Tenancy/Door.swift", "private import struct Operations.Principal"),
    Fixture(Rules.imports, "Sources/HTTPAPI/Routes.swift", "import Yams"),
    Fixture(Rules.imports, "Sources/Postgres/Pool.swift", "@preconcurrency import NIOCore"),
    Fixture(Rules.imports, "Sources/Novelty/Novelty.swift", "import Kernel"),
    Fixture(Rules.imports, "Tests/TestSupport/Client.swift", "import HTTPAPI"),
    Fixture(Rules.noPublicDeclarations, "Sources/Desk/Ticket.swift", "public struct Ticket {}"),
    Fixture(Rules.noPublicDeclarations, "Sources/Desk/Ticket.swift", "  open class Ticket {}"),
    Fixture(Rules.noTraps, "Sources/Desk/Ticket.swift", "let a = tickets.first!"),
    Fixture(Rules.noTraps, "Sources/Desk/Ticket.swift", "let a = find()!.name"),
    Fixture(Rules.noTraps, "Sources/Desk/Ticket.swift", "let a = byId[3]!"),
    Fixture(Rules.noTraps, "Sources/Desk/Ticket.swift", "let a = try! read()"),
    Fixture(Rules.noTraps, "Sources/Desk/Ticket.swift", "let a = b as! Ticket"),
    Fixture(Rules.noTraps, "Sources/Desk/Ticket.swift", "var a: Ticket!"),
    Fixture(Rules.noTraps, "Sources/Desk/Ticket.swift", #"let a = "number \(tickets.first!) of \"many\"""#),
    Fixture(Rules.noTraps, "Sources/Desk/Ticket.swift", "default: fatalError(\"cannot be\")"),
    Fixture(Rules.noBinaryFractions, "Sources/Kernel/Money.swift", "let rate: Double = 0.1"),
    Fixture(Rules.noBinaryFractions, "Sources/Kernel/Money.swift", "let rate: Swift.Double"),
    Fixture(Rules.noBinaryFractions, "Sources/Billing/Rules/Tax.swift", "Float(units)"),
    Fixture(Rules.fileNames, "Sources/Desk/DateUtils.swift", ""),
    Fixture(Rules.fileNames, "Sources/Desk/Helpers/Dates.swift", ""),
    Fixture(Rules.fileNames, "Sources/Desk/TicketManager.swift", ""),
    Fixture(Rules.fileNames, "Sources/Desk/String+Common.swift", ""),
    Fixture(Rules.fileNames, "Sources/Desk/TicketPageV2.swift", ""),
    Fixture(Rules.fileLength, "Sources/Desk/Ticket.swift", String(repeating: "a\n", count: 501)),
    Fixture(Rules.fileLength, "Tests/DeskTests/TicketTests.swift", String(repeating: "a\n", count: 601)),
    Fixture(Rules.rawSQL, "Sources/Desk/Store/Tickets.swift", "try await connection.runScript(text)"),
    Fixture(Rules.rawSQL, "Tests/DeskTests/TicketTests.swift", "try await connection.runScript(text)"),
    Fixture(Rules.pinnedDependencies, "Package.swift", #".package(url: "https://example.org/a/b", from: "1.0.0"),"#),
    Fixture(Rules.pinnedDependencies, "Package.swift", #".package(url: "https://example.org/a/b", branch: "main"),"#),
    Fixture(Rules.pinnedDependencies, "Package.swift", #".package(path: "../b"),"#),
    Fixture(Rules.knownTargets, "Package.swift", "    module(\n      \"Novelty\", [\"Kernel\"]),"),
    Fixture(Rules.knownTargets, "Package.swift", #".executableTarget(name: "tool")"#),
    Fixture(Rules.noMachinePaths, "docs/operations.md", "Run \("/home")/alice/steward"),
    Fixture(Rules.noMachinePaths, "deploy/test", "\("/Users")/bob/steward/deploy/test"),
  ]

  static let accepted = [
    Fixture(Rules.imports, "Sources/Kernel/WallClock.swift", "#if canImport(Glibc)\n  import Glibc\n#else\n  import Darwin\n#endif"),
    Fixture(Rules.imports, "Sources/ServiceTime/Calendar.swift", "import Foundation\nimport Kernel"),
    Fixture(Rules.imports, "Sources/Desk/Ticket.swift", "// import CLibPQ\nimport Kernel\nimport ServiceLevels\nlet a = \"\"\"\n  import Web\n  \"\"\""),
    Fixture(Rules.imports, "Sources/TLS/Handler.swift", "import COpenSSL\nimport NIOCore\nimport NIOTLS"),
    Fixture(Rules.imports, "Tests/DeskTests/TicketTests.swift", "import Desk\nimport HTTPAPI"),
    Fixture(Rules.imports, "Tests/TestSupport/Database.swift", "import Postgres\nimport Schema\nimport Testing"),
    Fixture(Rules.noPublicDeclarations, "Sources/Desk/Ticket.swift", "package struct Ticket {} // not public\nlet descriptor = open (path, 0)"),
    Fixture(Rules.noTraps, "Sources/Desk/Ticket.swift", "guard !closed, a != b, a!=b, say(\"Stop!\") /* no a! */ else { return }"),
    Fixture(Rules.noTraps, "Sources/Desk/Ticket.swift", ##"let a = #"first! \(b!)"# // c!"##),
    Fixture(Rules.noTraps, "Tests/DeskTests/TicketTests.swift", "let a = b!"),
    Fixture(Rules.noBinaryFractions, "Sources/Kernel/Money.swift", "/// Never a Double.\nlet units: Int64"),
    Fixture(Rules.noBinaryFractions, "Sources/Web/Load.swift", "let load: Double"),
    Fixture(Rules.fileNames, "Sources/Desk/Ticket+Commonality.swift", ""),
    Fixture(Rules.fileNames, "Sources/TLS/IPV6.swift", ""),
    Fixture(Rules.fileLength, "Sources/Desk/Ticket.swift", String(repeating: "a\n", count: 500)),
    Fixture(Rules.fileLength, "Tests/DeskTests/TicketTests.swift", String(repeating: "a\n", count: 600)),
    Fixture(Rules.rawSQL, "Sources/Schema/Migrator.swift", "try await connection.runScript(text)"),
    Fixture(Rules.rawSQL, "Sources/Desk/Store/Tickets.swift", "// never runScript"),
    Fixture(Rules.pinnedDependencies, "Package.swift", #".package(url: "https://example.org/a/b", exact: "1.0.0"),"#),
    Fixture(Rules.knownTargets, "Package.swift", "module(\"Desk\", [\"Kernel\"]),\ntests(\"DeskTests\", [\"Desk\"])"),
    Fixture(Rules.noMachinePaths, "docs/operations.md", "See /usr/lib/postgresql and /v1/work/items and https://example.org/home/page"),
  ]

  @Test(arguments: rejected) func rejects(_ fixture: Fixture) {
    #expect(!fixture.rule.check(fixture.path, fixture.text).isEmpty)
  }

  @Test(arguments: accepted) func accepts(_ fixture: Fixture) {
    #expect(fixture.rule.check(fixture.path, fixture.text) == [])
  }

  @Test func everyRuleHasBothFixtures() {
    let names = Set(Rules.all.map(\.name))
    #expect(Set(Self.rejected.map(\.rule.name)) == names)
    #expect(Set(Self.accepted.map(\.rule.name)) == names)
  }

  @Test func aFaultyTableIsFound() {
    #expect(ImportTable.defects(in: [Box("A", 1, ["B"]), Box("B", 1, ["C"]), Box("C", 0, [])]) == [])
    #expect(ImportTable.defects(in: [Box("A", 1, ["B"]), Box("B", 1, ["A"])]).count == 2)
    #expect(ImportTable.defects(in: [Box("A", 0, ["B"]), Box("B", 1, [])]) == ["A may import upwards: B"])
    #expect(ImportTable.defects(in: [Box("A", 0, ["Z"])]) == ["A may import Z, which is not in the table"])
  }

  @Test func onlyTheProjectLiesAtTheTop() {
    #expect(Rules.foreignEntries(["Package.swift", "Sources", "README.md", ".gitignore", "notes.txt", "build"]) == ["build", "notes.txt"])
  }
}
