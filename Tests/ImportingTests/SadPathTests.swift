import Foundation
import Kernel
import Subprocess
import TestSupport
import Testing

@testable import Importing

@Suite("Logs that are not as they should be")
struct SadPathTests {
  private func read(_ text: String, _ profile: ImportProfile? = nil) async throws -> LogReader.Result {
    let profile = try profile ?? SmallLog.profile()
    return try await SmallLog.withFile(text) { try await LogReader(profile: profile).read($0) }
  }

  private func code(_ body: () async throws -> Void) async -> String? {
    do {
      try await body()
      return nil
    } catch {
      return (error as? Failure)?.code
    }
  }

  @Test("Every unreadable row is told by its line and reason")
  func unreadable() async throws {
    let good = SmallLog.rows[0]
    func bad(_ old: String, _ new: String) -> String { good.replacingOccurrences(of: old, with: new) }
    let rows = [
      good, good + ",extra", bad("2/2/2026 10:45", "30/2/2026 10:45"), bad("P1", "P9"), bad("New", "Gone"), bad(",0,2/2", ",zero,2/2"),
      bad("INC1", "?"), bad("High,High", "Huge,High"), bad("High,High", "High,Huge"), bad("Ann", "A\u{1}n"), bad(",true", ",maybe"),
      bad("2/2/2026 10:00", "2026-02-02 10:00"), bad("2/2/2026 10:00", "2/2/2026 24:00"), bad(",0,Ann", ",?,Ann"), "\"broken\"x",
    ]
    let result = try await read(SmallLog.text(rows))
    #expect(
      result.unreadable == [
        UnreadableRow(line: 3, .columnCount, found: "15 / 14"), UnreadableRow(line: 4, .badDate, column: "resolved", found: "30/2/2026 10:45"),
        UnreadableRow(line: 5, .unknownPriority, column: "priority", found: "P9"), UnreadableRow(line: 6, .unknownState, column: "state", found: "Gone"),
        UnreadableRow(line: 7, .badNumber, column: "seq", found: "zero"), UnreadableRow(line: 8, .missing, column: "number"),
        UnreadableRow(line: 9, .unknownImpact, column: "impact", found: "Huge"), UnreadableRow(line: 10, .unknownUrgency, column: "urgency", found: "Huge"),
        UnreadableRow(line: 11, .notText, column: "caller"), UnreadableRow(line: 12, .unknownVerdict, column: "made", found: "maybe"),
        UnreadableRow(line: 13, .badDate, column: "updated", found: "2026-02-02 10:00"),
        UnreadableRow(line: 14, .badDate, column: "updated", found: "2/2/2026 24:00"), UnreadableRow(line: 15, .missing, column: "reopens"),
        UnreadableRow(line: 16, .badQuoting),
      ])
    #expect(result.rows == 15)
    #expect(result.log.incidents.isEmpty)
    let error = UnreadableRows(fileName: "log.csv", rows: result.unreadable)
    for language in Language.allCases {
      let lines = error.text(language).split(separator: "\n")
      #expect(lines.count == 15)
      #expect(!error.text(language).contains("{"))
    }
  }

  @Test("A row whose number cannot be trusted keeps out the incidents on both sides of it")
  func neighbours() async throws {
    var rows = SmallLog.rows
    rows.insert("short", at: 3)
    #expect(try await read(SmallLog.text(rows)).leftOut == ["INC1", "INC2"])
    rows = SmallLog.rows
    rows.insert("short", at: 5)
    #expect(try await read(SmallLog.text(rows)).leftOut == ["INC2"])
    rows.append(SmallLog.rows[0])
    let apart = try await read(SmallLog.text(rows))
    #expect(apart.leftOut == ["INC1", "INC2"])
    #expect(apart.unreadable.last == UnreadableRow(line: 14, .apart, found: "INC1"))
    #expect(apart.log.incidents.map { apart.log.pool[$0.number] } == ["INC3"])
  }

  @Test("Line ends, byte order mark, blank lines, quoting: all the same log")
  func forms() async throws {
    let plain = try await read(SmallLog.text())
    let quoted = SmallLog.rows.map { $0.split(separator: ",").map { "\"\($0)\"" }.joined(separator: ",") }
    for text in [
      SmallLog.text(newline: "\r\n"), "\u{feff}" + SmallLog.text(), SmallLog.text() + "\n\n", SmallLog.text(quoted), String(SmallLog.text().dropLast()),
    ] {
      let other = try await read(text)
      #expect(other.unreadable.isEmpty)
      #expect(other.log.incidents.map(\.openedAt) == plain.log.incidents.map(\.openedAt))
      #expect(other.log.rows.map(\.at) == plain.log.rows.map(\.at))
      #expect(other.log.rows.map(\.state) == plain.log.rows.map(\.state))
    }
    #expect(try await read(SmallLog.text() + "\n\n").anomalies[.blankLine]?.occurrences == 2)
  }

  @Test("A quoted end of line stays in its field, and the lines after it keep their numbers")
  func quotedNewline() async throws {
    let rows =
      SmallLog.rows.prefix(2).map { $0.replacingOccurrences(of: "Ann", with: "\"An\nn\"") } + [SmallLog.rows[2].replacingOccurrences(of: "P1", with: "P7")]
    let result = try await read(SmallLog.text(rows))
    #expect(result.unreadable == [UnreadableRow(line: 6, .unknownPriority, column: "priority", found: "P7")])
  }

  @Test("Rows out of order are brought into the order of their sequence; a first row with a wrong number is not moved")
  func order() async throws {
    let rows = SmallLog.rows
    let swapped = try await read(SmallLog.text([rows[0], rows[2], rows[1]]))
    #expect(swapped.anomalies[.outOfOrder]?.incidents == 1)
    #expect(swapped.log.rows.map(\.state.kind) == [.new, .resolved, .closed])
    let first = rows[0].replacingOccurrences(of: "INC1,New,0", with: "INC1,New,2")
    let kept = try await read(SmallLog.text([first, rows[1], rows[2]]))
    #expect(kept.anomalies[.outOfOrder] == nil)
    #expect(kept.anomalies[.sequenceRepeated]?.occurrences == 1)
    #expect(kept.log.rows.map(\.state.kind) == [.new, .resolved, .closed])
  }

  @Test("Times are read in the log's zone, and those of a doubled hour are told")
  func zones() async throws {
    let row = SmallLog.rows[10].replacingOccurrences(of: "9/2/2026 09:30", with: "25/10/2026 02:30")
    let result = try await read(SmallLog.text([row]))
    // 02:30 comes twice that night in Berlin; the first time is meant.
    #expect(result.log.rows.map(\.at) == [Instant("2026-10-25T00:30:00Z")])
    #expect(result.log.incidents.map(\.openedAt) == [Instant("2026-02-06T15:30:00Z")])
    #expect(result.anomalies[.ambiguousTime]?.occurrences == 1)
  }

  // MARK: Files

  @Test("Files that cannot be read at all")
  func files() async throws {
    let reader = try LogReader(profile: SmallLog.profile())
    #expect(await code { _ = try await reader.read(LogFile(path: "/nonexistent/log.csv")) } == "import.no_such_file")
    #expect(await code { _ = try await reader.read(LogFile(path: "/")) } == "import.file_not_readable")
    #expect(await code { _ = try await self.read("") } == "import.empty_file")
    #expect(await code { _ = try await self.read("a,b\n1,2\n") } == "import.bad_profile")
    #expect(await code { _ = try await self.read(SmallLog.header + ",made\n") } == "import.duplicate_column")
    #expect(await code { _ = try await self.read("\"open\n") } == "import.unreadable_header")
    #expect(await code { try await SmallLog.withFile(SmallLog.text(), name: "log.csv.gz") { _ = try await reader.read($0) } } == "import.not_gzip")
  }

  @Test("A compressed log is read like a plain one, and one that is cut off is refused")
  func gzip() async throws {
    let reader = try LogReader(profile: SmallLog.profile())
    // Long enough for several pieces.
    let rows = (0..<20_000).map { SmallLog.rows[10].replacingOccurrences(of: "INC3", with: "INC\($0)") }
    let compressed = try await SmallLog.withFile(SmallLog.text(rows)) { file in
      try await Subprocess.run(.name("gzip"), arguments: ["-c", file.path], output: .bytes(limit: 1 << 24)).standardOutput
    }
    let whole = try await SmallLog.withFile(Data(compressed), name: "log.csv.gz") { try await reader.read($0) }
    #expect(whole.log.incidents.count == 20_000)
    for (cut, name) in [(compressed.count / 2, "log.csv.gz"), (compressed.count - 4, "log")] {
      let failed = await code { try await SmallLog.withFile(Data(compressed.prefix(cut)), name: name) { _ = try await reader.read($0) } }
      #expect(failed == "import.damaged_gzip")
    }
    var damaged = compressed
    damaged[compressed.count / 2] ^= 0xff
    #expect(await code { try await SmallLog.withFile(Data(damaged), name: "log.csv.gz") { _ = try await reader.read($0) } } == "import.damaged_gzip")
  }

  @Test("The file's hash is that of sha256sum")
  func hash() async throws {
    try await SmallLog.withFile(SmallLog.text()) { file in
      let sum = try await Subprocess.run(.name("sha256sum"), arguments: [file.path], output: .string(limit: 1000)).standardOutput
      let result = try await LogReader(profile: SmallLog.profile()).read(file)
      #expect(sum.hasPrefix(Hexadecimal.text(result.fileHash)))
    }
  }

  // MARK: Profiles

  @Test(
    "A profile with a key too many, too few or wrong tells its path",
    arguments: [
      ("source: small", "sauce: small", ["sauce", "source"]),
      ("missing: \"?\"", "mising: \"?\"", ["file.mising", "file.missing"]),
      ("d/m/yyyy HH:MM", "dd.mm.yyyy", ["file.dates"]),
      ("zone: Europe/Berlin}\ncolumns", "zone: Europe/Bärlin}\ncolumns", ["file.zone"]),
      ("Closed: closed", "Closed: shut", ["states.Closed"]),
      ("{pending: awaiting_requester}", "{pending: bored}", ["states.Waiting.pending"]),
      ("{pending: awaiting_requester}", "pending", ["states.Waiting"]),
      ("P2: 2}", "P2: 10}", ["priorities.P2", "sla.budget_minutes.2"]),
      ("2: 480", "2: -1", ["sla.budget_minutes.2"]),
      ("2: 480", "4: 480", ["sla.budget_minutes.4"]),
      ("objective: 95", "objective: 195", ["sla.objective"]),
      ("resolution_stops_at: resolved", "resolution_stops_at: never", ["sla.resolution_stops_at"]),
      ("mon: [[\"09:00\"", "mon: [[\"9 o'clock\"", ["calendar.week.mon[0][0]"]),
      ("title: [site, number]", "title: [[site]]", ["columns.title[0]"]),
      ("format: servicenow-incident-log", "format: other", ["format"]),
    ])
  func profiles(_ old: String, _ new: String, _ paths: [String]) throws {
    #expect(SmallLog.yaml.contains(old))
    let failure = #expect(throws: Failure.self) { try SmallLog.profile { $0.replacingOccurrences(of: old, with: new) } }
    #expect(failure?.violations.map(\.path).sorted() == paths.sorted())
  }

  @Test("What is no YAML, or names a key twice, is refused")
  func notYAML() {
    #expect(throws: Failure.self) { try ImportProfile(yaml: "a: [") }
    #expect(throws: Failure.self) { try ImportProfile(yaml: "") }
    #expect(throws: Failure.self) { try SmallLog.profile { $0 + "\nsource: twice\n" } }
  }
}
