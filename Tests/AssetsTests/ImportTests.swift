import Foundation
@testable import Importing
import Kernel
import Operations
import TestSupport
import Testing

@Suite struct ImportTests {
  private static func line(_ number: Int64, _ cells: KeyValuePairs<String, Value>) -> Value {
    .object([Value.Member("line", .integer(number))] + cells.map { Value.Member($0.key, $0.value) })
  }

  @Test func linesMakeChangeAndRefuse() async throws {
    let world = try await AssetsWorld()
    let customer = Value.id(world.acme.publicId)
    try await world.call("person.add", ["customer": customer, "name": "Kim", "email": "kim@acme.example"])
    try await world.call("unit.add", ["customer": customer, "kind": "site", "name": "Main  Site"], as: world.database.root)
    let first = [
      Self.line(2, ["type": "server", "name": "db-01", "serial": "S1", "owner": "KIM@acme.example", "unit": "main site", "ciTier": "gold"]),
      Self.line(3, ["type": "printer", "name": "Print", "serial": "S2", "attributes": .object(["colour": "是", "ip": ""])]),
    ]
    let made = try await world.lines(first)
    #expect(made.at("isWritten") == .bool(true) && made.at("created") == 2 && made.at("refused") == 0)
    let printer = try await world.call("ci.list", ["customer": customer, "text": "print"]).at("items.0")
    #expect(printer.at("attributes") == .object(["colour": .bool(true)]) && printer.at("state") == "in_use")
    #expect(try await world.call("ci.list", ["customer": customer, "text": "db"]).at("items.0.unit") != .null)
    // The same again changes nothing, not even a version.
    let again = try await world.lines(first)
    #expect(again.at("unchanged") == 2 && again.at("lines") == .array([]))
    #expect(try await world.call("ci.read", ["id": printer.at("id")]).at("version") == 1)
    // Whatever is wrong is told by line and field, and nothing is written.
    let bad = [
      Self.line(2, ["serial": " s1 ", "name": "db-02"]), Self.line(3, ["serial": "S1", "name": "twice"]), Self.line(4, ["name": "no serial"]),
      Self.line(5, ["serial": "S3", "name": "new"]), Self.line(6, ["serial": "S2", "type": "server", "state": "disposed"]),
      Self.line(7, ["serial": "S4", "type": "mobile", "name": "m", "owner": "x@y", "unit": "nowhere", "warrantyUntil": "soon", "ciTier": "tin", "cost": "1"]),
      Self.line(8, ["serial": "S5", "type": "mobile", "name": "m", "attributes": .object(["imei": "12", "wheels": "4"])]),
      Self.line(9, ["serial": "S6", "type": "licence", "name": "l"]), Self.line(10, ["serial": "S7", "type": "wheel", "name": "w", "state": "lost"]),
    ]
    let refused = try await world.lines(bad)
    #expect(refused.at("isWritten") == .bool(false) && refused.at("changed") == 1 && refused.at("refused") == 8)
    let told = (refused.at("lines").array ?? []).flatMap { line in line.at("problems").each("field").map { "\(line.at("line").integer ?? 0) \($0)" } }
    #expect(
      told == [
        "3 serial", "4 serial", "5 type", "6 type", "6 state", "7 owner", "7 unit", "7 ciTier", "7 warrantyUntil", "7 cost", "8 attributes.imei",
        "8 attributes.wheels", "9 attributes.product", "10 type",
      ], "\(told)")
    #expect(try await world.call("ci.list", ["customer": customer]).at("items").each("name") == ["db-01", "Print"])
    // A dry run tells the same; with keepGoing the good line is taken.
    let trial = try await world.lines(bad, ["dryRun": .bool(true), "keepGoing": .bool(true)])
    #expect(trial.at("isWritten") == .bool(false) && trial.at("lines.0.fields") == .array(["name"]))
    let kept = try await world.lines(bad, ["keepGoing": .bool(true)])
    #expect(kept.at("isWritten") == .bool(true) && kept.at("changed") == 1)
    #expect(try await world.call("ci.list", ["customer": customer]).at("items").each("name") == ["db-02", "Print"])
  }

  @Test func whatCouldMeanTwoIsRefused() async throws {
    let world = try await AssetsWorld()
    for _ in 0..<2 { _ = try await world.server("Twin") }
    let refused = try await world.lines([Self.line(2, ["name": "twin", "ciTier": "gold"])], match: "name", ["keepGoing": .bool(true)])
    #expect(refused.at("refused") == 1 && refused.at("lines.0.problems.0.english") == "2 CIs have this name: which one is meant?")
    let finance = try await world.database.staff(.administrator)
    let priced = try await world.lines(
      [Self.line(2, ["type": "server", "assetTag": "T1", "name": "p", "cost": "10.00", "currency": "EUR"])], match: "tag", as: finance)
    #expect(priced.at("created") == 1)
  }

  private static func parsed(_ text: String, _ mapping: [String: String] = [:]) throws -> AssetFileParser {
    let bytes = Array(text.utf8)
    var records = CSVReader(separator: AssetFileParser.separator(of: bytes))
    var parser = AssetFileParser(mapping: mapping)
    try bytes.withUnsafeBytes { try records.feed($0) { try parser.take($0) } }
    try records.finish { try parser.take($0) }
    try parser.finish()
    return parser
  }

  @Test func filesOfManyTools() throws {
    let expected = [Value.object(["line": 2, "name": "a, b", "serial": "1", "attributes": .object(["os": "x\ny"])])]
    #expect(try Self.parsed("\u{feff}Name,Serial Number,attributes.os\r\n\"a, b\",1,\"x\ny\"\r\n").lines == expected)
    #expect(try Self.parsed("name;SN;RAM;Notes\n\"a, b\";1;\"x\ny\";n\n", ["RAM": "attributes.os", "Notes": "-"]).lines == expected)
    #expect(try Self.parsed("名称\t序列号\tattributes.os\na, b\t1\t\"x\ny\"").lines == expected)
    let torn = try Self.parsed("name,serial\na\nb,1,2\n\"c,1\nd,\u{1}\ne,2\n")
    #expect(torn.unreadable.map(\.line) == [2, 3, 4, 5] && torn.lines == [.object(["line": 6, "name": "e", "serial": "2"])])
    for (text, code) in [
      ("", "import.empty_file"), ("name,wheels\n", "import.unknown_asset_column"), ("name,Name\n", "import.duplicate_column"),
    ] {
      #expect(throws: Failure.self, "\(code)") { try Self.parsed(text) }
      do { _ = try Self.parsed(text) } catch let failure as Failure { #expect(failure.code == code) }
    }
  }
}
