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
    #expect(refused.at("isWritten") == .bool(false) && refused.at("changed") == 0 && refused.at("refused") == 9)
    let told = (refused.at("lines").array ?? []).flatMap { line in line.at("problems").each("field").map { "\(line.at("line").integer ?? 0) \($0)" } }
    #expect(
      told == [
        "2 serial", "3 serial", "4 serial", "5 type", "6 type", "6 state", "7 owner", "7 unit", "7 ciTier", "7 warrantyUntil", "7 cost", "8 attributes.imei",
        "8 attributes.wheels", "9 attributes.product", "10 type",
      ], "\(told)")
    #expect(try await world.call("ci.list", ["customer": customer]).at("items").each("name") == ["db-01", "Print"])
    // A dry run tells the same; with keepGoing the good line is taken: not one of two that mean the same CI.
    let good = Array(bad.dropFirst(2)) + [Self.line(11, ["serial": " s1 ", "name": "db-02"])]
    let trial = try await world.lines(good, ["dryRun": .bool(true), "keepGoing": .bool(true)])
    #expect(trial.at("isWritten") == .bool(false) && trial.at("lines.7.fields") == .array(["name"]))
    let kept = try await world.lines(good, ["keepGoing": .bool(true)])
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

  /// Guard: what is typed in one line takes no mark that turns the direction of writing; neither does a line of a file, and the others go on.
  @Test func aNameIsWhatItLooksLike() async throws {
    let world = try await AssetsWorld()
    let answer = try await world.lines(
      [
        Self.line(2, ["type": "server", "name": "srv\u{202e}10-", "serial": "S 1"]), Self.line(3, ["type": "server", "name": "srv-01", "serial": "S 2"]),
      ], ["keepGoing": .bool(true)])
    #expect(answer.at("refused") == 1 && answer.at("created") == 1 && answer.at("lines.0.problems.0.field") == "name")
  }

  /// Two people drop the same file at once, or a client that waited too long sends it again.
  @Test func twoImportsAtOnceMakeEachCiOnce() async throws {
    let world = try await AssetsWorld()
    for round in 0..<5 {
      let lines = (0..<50).map { Self.line($0 + 2, ["type": "server", "name": "n", "serial": .text("S \(round) \($0)")]) }
      // Whoever waits longer than a lock may be waited for is told to come again.
      @Sendable func taken() async throws -> Value {
        while true {
          do {
            return try await world.lines(lines)
          } catch {
            guard "\(error)".contains("in_flight") else { throw error }
          }
        }
      }
      async let one = taken()
      async let other = taken()
      let answers = try await [one, other]
      #expect(answers.map { $0.at("created").integer ?? -1 }.sorted() == [0, 50] && answers.contains { $0.at("unchanged") == 50 })
    }
    #expect(try await world.call("ci.quality", ["customer": .id(world.acme.publicId)]).at("duplicateSerial") == 0)
  }

  /// What has had its life is not written over by what succeeds it.
  @Test func theDeadAreNotMeant() async throws {
    let world = try await AssetsWorld()
    func retire(_ name: String, _ states: [String]) async throws -> Value {
      var ci = try await world.server(name)
      for state in states { ci = try await world.call("ci.transition", ["id": ci.at("id"), "state": .text(state)], version: ci.at("version")) }
      return ci
    }
    func take(_ cells: KeyValuePairs<String, Value>) async throws -> Value { try await world.lines([Self.line(2, cells)], match: "name") }
    let disposed = try await retire("files-01", ["retired", "disposed"])
    let made = try await take(["type": "server", "name": "files-01", "serial": "NEW"])
    #expect(made.at("created") == 1)
    #expect(try await world.call("ci.read", ["id": disposed.at("id")]) == disposed)
    #expect(try await take(["name": "files-01", "ciTier": "gold"]).at("lines.0.ci") == made.at("lines.0.ci"))
    // What is retired may come back, when the file says so; a live one of its name stands before it.
    let retired = try await retire("files-02", ["retired"])
    #expect(try await take(["name": "files-02", "serial": "X"]).at("lines.0.problems.0.field") == "name")
    #expect(try await take(["name": "files-02"]).at("unchanged") == 1)
    #expect(try await take(["name": "files-02", "state": "in_stock"]).at("lines.0.ci") == retired.at("id"))
    _ = try await retire("files-02", ["retired"])
    #expect(try await take(["name": "files-02", "serial": "Y"]).at("lines.0.ci") == retired.at("id"))
    // A file that says that something is disposed of says it again without making another.
    let end: KeyValuePairs<String, Value> = ["type": "server", "name": "files-03", "state": "disposed"]
    _ = try await retire("files-03", ["retired"])
    #expect(try await take(end).at("changed") == 1)
    #expect(try await take(end).at("unchanged") == 1)
  }

  /// However much is wrong, an answer is not many times as large as what was sent.
  @Test func anAnswerIsBounded() async throws {
    let world = try await AssetsWorld()
    let names = (0..<150).map { Value.Member("wheel\($0)", 1) }
    let one = try await world.lines([Self.line(2, ["serial": "1", "name": "x", "type": "server", "attributes": .object(names)])], ["dryRun": .bool(true)])
    #expect(one.at("lines.0.problems").each("field") == ["attributes.wheel0"] && JSON.text(one).utf8.count < 4000)
    let many = Value.object(names + (150..<50_000).map { Value.Member("wheel\($0)", 1) })
    let refused = try await world.lines([Self.line(2, ["serial": "1", "name": "x", "type": "server", "attributes": many])])
    #expect(refused.at("lines.0.problems").each("field") == ["attributes"] && JSON.text(refused).utf8.count < 1000)
    #expect(
      await violations {
        try await world.call("ci.create", ["customer": .id(world.acme.publicId), "type": "server", "name": "x", "attributes": many])
      } == ["attributes ci.too_many_attributes"])
    let wrong = (0..<5010).map { Self.line($0 + 2, ["serial": .text("\($0)")]) }
    let all = try await world.lines(wrong).at("lines").array ?? []
    #expect(all.count == 5010 && all.reduce(0) { $0 + ($1.at("problems").array?.count ?? 0) } == 5000)
  }

  /// A file that says the same of a CI as is recorded has seen it, when it is told so.
  @Test func whatIsSeenAgainIsNotStale() async throws {
    let world = try await AssetsWorld()
    let customer = Value.id(world.acme.publicId)
    let lines = [Self.line(2, ["type": "server", "name": "a", "serial": "1"]), Self.line(3, ["type": "server", "name": "b", "serial": "2"])]
    _ = try await world.lines(lines)
    let priced = try await world.call("ci.list", ["customer": customer]).at("items.1")
    world.database.clock.set(TestDatabase.start.adding(seconds: 200 * 86_400))
    let finance = try await world.database.staff(.finance)
    try await world.call("ci_cost.set", ["id": priced.at("id"), "cost": "1.00", "currency": "EUR"], as: finance, version: priced.at("version"))
    _ = try await world.lines(lines)
    #expect(try await world.call("ci.quality", ["customer": customer]).at("stale") == 2)
    _ = try await world.lines(lines, ["confirm": .bool(true), "dryRun": .bool(true)])
    #expect(try await world.call("ci.quality", ["customer": customer]).at("stale") == 2)
    _ = try await world.lines(lines, ["confirm": .bool(true)])
    #expect(try await world.call("ci.quality", ["customer": customer]).at("stale") == 0)
    #expect(try await world.call("ci.read", ["id": priced.at("id")]).at("version") == 2)
  }

  /// A name in another form of Unicode is the same name.
  @Test func formsOfUnicodeAreOneKey() async throws {
    let world = try await AssetsWorld()
    try await world.call("person.add", ["customer": .id(world.acme.publicId), "name": "Kim", "email": "kim@acme.example"])
    _ = try await world.lines([Self.line(2, ["type": "server", "name": "M\u{fc}ller-PC", "serial": "SN-78"])])
    let names = try await world.lines([Self.line(2, ["name": "Mu\u{308}ller-PC", "owner": "kim＠acme.example"])], match: "name")
    #expect(names.at("changed") == 1, "\(JSON.text(names))")
    #expect(try await world.lines([Self.line(2, ["serial": "ＳＮ－７８"])]).at("unchanged") == 1)
  }

  private static func parsed(_ text: String, _ mapping: [String: String] = [:], as form: AssetFileForm = .cis) throws -> AssetFileParser {
    try parsed(Array(text.utf8), mapping, as: form)
  }

  private static func parsed(_ bytes: [UInt8], _ mapping: [String: String] = [:], as form: AssetFileForm = .cis) throws -> AssetFileParser {
    var records = CSVReader(separator: AssetFileParser.separator(of: bytes))
    var parser = AssetFileParser(form, mapping: mapping)
    try bytes.withUnsafeBytes { try records.feed($0) { try parser.take($0) } }
    try records.finish { try parser.take($0) }
    try parser.finish()
    return parser
  }

  /// What spreadsheets write around the cells.
  @Test func filesOfSpreadsheets() throws {
    let expected = [Value.object(["line": 2, "name": "a", "serial": "1"])]
    #expect(try Self.parsed("name;serial;;\na;1;;\n;;;\n;;;\n").lines == expected)
    let below = try Self.parsed("name;serial;\na;1;x\n")
    #expect(below.lines.isEmpty && below.unreadable.map(\.reason) == [.unnamedColumn])
    // 名称 in GBK.
    #expect(Self.refusal([0xc3, 0xfb, 0xb3, 0xc6, 0x0a]) == "import.header_not_text")
  }

  private static func refusal(_ bytes: [UInt8], _ mapping: [String: String] = [:], as form: AssetFileForm = .cis) -> String? {
    do {
      _ = try parsed(bytes, mapping, as: form)
      return nil
    } catch {
      return (error as? Failure)?.code
    }
  }

  /// A file that unpacks to more lines than are taken is not read to its end, whether they can be read or not.
  @Test(arguments: ["a,1\n", "a\n"]) func aFileOfTooManyLinesEnds(line: String) {
    #expect(Self.refusal(Array(("name,serial\n" + String(repeating: line, count: 20_001)).utf8)) == "import.too_many_assets")
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

  /// The other forms are read as the first one is.
  @Test func filesOfRelationsAndCoverage() throws {
    let relation = [Value.object(["line": 2, "from": "a, b", "kind": "uses", "to": "c"])]
    #expect(try Self.parsed("\u{feff}From,Kind,To\r\n\"a, b\",uses,c\r\n", as: .relations).lines == relation)
    let turned = [Value.object(["line": 2, "to": "c", "kind": "uses", "from": "a, b"])]
    #expect(try Self.parsed("Target;Relation;Source_CI;;\nc;uses;a, b;;\n;;;;\n", as: .relations).lines == turned)
    #expect(try Self.parsed("目标配置项\t关系\t源配置项\nc\tuses\ta, b", as: .relations).lines == turned)
    #expect(try Self.parsed("Upper;kind;Lower;Notes\na, b;uses;c;n\n", ["Upper": "from", "Lower": "to", "Notes": "-"], as: .relations).lines == relation)
    let coverage = [Value.object(["line": 2, "ci": "a", "contractLine": "Line 0", "on": "2026-02-01"])]
    #expect(try Self.parsed("ci,contract line,on\na,Line 0,2026-02-01\n", as: .coverage).lines == coverage)
    #expect(try Self.parsed("配置项,合同行,起始日\na,Line 0,2026-02-01\n", as: .coverage).lines == coverage)
    #expect(try Self.parsed("ci;line\na;Line 0\n", as: .coverage).lines == [.object(["line": 2, "ci": "a", "contractLine": "Line 0"])])
    // What cannot be read is told by its line, and the others go on: 名称 in GBK, too many cells, what stands below no name.
    var bytes = Array("from,kind,to,\n".utf8)
    bytes += [0xc3, 0xfb]
    bytes += Array(",uses,b,\na,uses,b,,x\na,uses,b,x\na,uses,b,\n".utf8)
    let torn = try Self.parsed(bytes, as: .relations)
    #expect(torn.unreadable.map(\.reason) == [.notText, .columnCount, .unnamedColumn] && torn.lines.count == 1)
  }

  @Test(arguments: [
    (AssetFileForm.relations, "from,kind\na,uses\n", "import.asset_column_missing"),
    (AssetFileForm.relations, "name,type,serial\n", "import.unknown_asset_column"),
    (AssetFileForm.relations, "from,kind,to,attributes.os\n", "import.unknown_asset_column"),
    (AssetFileForm.relations, "from,kind,to,Source\n", "import.duplicate_column"),
    (AssetFileForm.relations, "", "import.empty_file"), (AssetFileForm.coverage, "ci,on\n", "import.asset_column_missing"),
    (AssetFileForm.coverage, "ci,contractLine,Line\n", "import.duplicate_column"),
    (AssetFileForm.coverage, "ci,contractLine,from\n", "import.unknown_asset_column"),
  ])
  func aHeaderThatDoesNotDo(form: AssetFileForm, text: String, code: String) {
    #expect(Self.refusal(Array(text.utf8), as: form) == code)
  }

  @Test func aHeaderSaysWhatItLacks() throws {
    // 名称 in GBK.
    #expect(Self.refusal([0xc3, 0xfb, 0xb3, 0xc6, 0x0a], as: .relations) == "import.header_not_text")
    #expect(Self.refusal(Array("from,kind,to\n".utf8), ["to": "-"], as: .relations) == "import.asset_column_missing")
    do {
      _ = try Self.parsed("from,other\n", ["other": "-"], as: .relations)
    } catch let failure as Failure {
      #expect(failure.text(.english).hasPrefix("The file has no column kind, to. Of its columns these are needed: from, kind, to."))
    }
    do {
      _ = try Self.parsed("from,other\n", as: .relations)
    } catch let failure as Failure {
      #expect(failure.text(.english).contains("one of: from, kind, to.") && failure.text(.english).contains("--map \"other=from\""))
    }
  }

  /// As the command line runs them: the file, its lines, the report.
  @Test func aFileIsTakenByItsForm() async throws {
    let world = try await AssetsWorld()
    for name in ["a", "b"] { _ = try await world.server(name) }
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    func report(_ text: String, _ options: ImportAssetFile.Options) async throws -> AssetImportReport {
      let path = folder + "/file.csv"
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      return try await ImportAssetFile(dispatcher: world.database.dispatcher, as: world.engineer).run(
        LogFile(path: path), customer: .id(world.acme.publicId), options)
    }
    let good = "from,kind,to\na,uses,b\n"
    let trial = try await report(good, .init(.relations, match: "name", isDryRun: true))
    #expect(!trial.isWritten && !trial.hasFaults)
    #expect(
      trial.text(.english, isDryRun: true)
        == "file.csv: 1 created, 0 changed, 0 unchanged, 0 refused\n  line 2: adds relation\nNothing was written.\n", "\(trial.text(.english, isDryRun: true))")
    #expect(trial.text(.chinese, isDryRun: true).contains("第 2 行：新增 relation"))
    // A line that cannot be read keeps the others from being written, unless it is to go on.
    let torn = good + "a,uses\n"
    let refused = try await report(torn, .init(.relations, match: "name"))
    #expect(refused.hasFaults && !refused.isWritten && refused.text(.english, isDryRun: false).contains("line 3: another number of columns"))
    let kept = try await report(torn, .init(.relations, match: "name", keepsGoing: true))
    #expect(kept.hasFaults && kept.isWritten && kept.answer.at("created") == 1)
    let again = try await report(good, .init(.relations, match: "name"))
    #expect(!again.hasFaults && again.answer.at("unchanged") == 1)
    await expectFailure(.denied) { try await report("ci,line\na,x\n", .init(.coverage, match: "name")) }
  }
}
