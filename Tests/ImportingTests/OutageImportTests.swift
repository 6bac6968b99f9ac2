import Contracts
import Foundation
import Kernel
import Operations
import Suppliers
import TestSupport
import Testing

@testable import Importing

@Suite("Lists of outages")
struct OutageImportTests {
  private static func parse(_ text: String) throws -> OutageParser {
    var parser = OutageParser()
    var records = CSVReader()
    var text = text
    try text.withUTF8 { try records.feed(UnsafeRawBufferPointer($0)) { try parser.take($0) } }
    try records.finish { try parser.take($0) }
    try parser.finish()
    return parser
  }

  private static func refusal(_ text: String) -> String {
    do {
      _ = try parse(text)
      return "accepted"
    } catch let failure as Failure {
      return failure.code
    } catch {
      return "\(error)"
    }
  }

  @Test("Our own columns, those that may be there included")
  func ownFormat() throws {
    let read = try Self.parse(
      """
      severity,service,from,to,region,key,title,announced
      major,API,2026-01-01T00:00:00Z,2026-01-01T00:10:00Z,eu,k1,"down, all",
      maintenance,API,2026-01-02T00:00:00+01:00,,,,,2025-12-20T00:00:00Z

      """)
    #expect(read.format == .intervals && read.rowCount == 2 && read.unreadable.isEmpty)
    #expect(read.outages.map(\.severity) == ["major", "maintenance"])
    #expect(read.outages[0].region == "eu" && read.outages[0].key == "k1" && read.outages[0].title == "down, all")
    #expect(read.outages[1].startsAt.description == "2026-01-01T23:00:00Z" && read.outages[1].endsAt == nil)
    #expect(read.outages[1].announcedAt?.description == "2025-12-20T00:00:00Z")
  }

  @Test("A row that cannot be read is told by line, column and reason")
  func unreadable() throws {
    let read = try Self.parse(
      """
      service,severity,from,to
      API,awful,2026-01-01T00:00:00Z,
      API,major,yesterday,
      ,major,2026-01-01T00:00:00Z,
      API,major,2026-01-01T00:00:00Z,2026-01-01T00:00:00Z
      API,major,2026-01-01T00:00:00Z
      API,major,2026-01-02T00:00:00Z,
      API,partial,2026-01-02T00:00:00Z,

      """)
    #expect(read.outages.count == 1)
    #expect(read.unreadable.map(\.line) == [2, 3, 4, 5, 6, 8])
    #expect(read.unreadable.map(\.reason) == [.unknownSeverity, .badInstant, .missing, .endsBeforeStart, .columnCount, .repeated])
    #expect(read.unreadable.map(\.column) == ["severity", "from", "service", nil, nil, nil])
  }

  @Test("What the operation would refuse is told by its line before anything is written")
  func limits() throws {
    let long = String(repeating: "é", count: 201)
    let read = try Self.parse(
      """
      service,severity,from,to,region,instance,key,title
      \(long),major,2026-01-01T00:00:00Z,,,,,
      API,major,2026-01-02T00:00:00Z,,\(long.prefix(101)),,,
      API,major,2026-01-03T00:00:00Z,,,\(long.prefix(101)),,
      API,major,2026-01-04T00:00:00Z,,,,\(long),
      API,major,2026-01-05T00:00:00Z,,,a\u{feff},,
      API,major,2026-01-05T00:00:00Z,,,a\u{202e}b,,
      \(long.dropLast()),major,2026-01-06T00:00:00Z,,\(long.prefix(100)),\(long.prefix(100)),\(long.dropLast()),a\u{feff}b\u{200b}c
      API,major,2026-01-07T00:00:00Z,,,,,\u{200b}

      """)
    #expect(read.unreadable.map(\.line) == [2, 3, 4, 5, 6, 7])
    #expect(read.unreadable.map(\.column) == ["service", "region", "instance", "key", "instance", "instance"])
    #expect(read.unreadable.map(\.reason) == [.fieldTooLong, .fieldTooLong, .fieldTooLong, .fieldTooLong, .notText, .notText])
    #expect(read.unreadable.first?.found == "201 > 200")
    #expect(read.outages.map(\.title) == ["a b c", nil])
  }

  @Test("What is no list of outages is refused as a whole")
  func otherFiles() {
    #expect(Self.refusal("") == "import.empty_file")
    #expect(Self.refusal("a,b\n1,2\n") == "import.unknown_outage_file")
    #expect(Self.refusal("service,service,severity,from,to\n") == "import.duplicate_column")
    #expect(Self.refusal("id,impact,last_status,started_at,resolved_at\n") == "import.incidents_without_end")
  }

  @Test("A status lasts until the component's next one")
  func statusPoints() throws {
    let read = try Self.parse(
      """
      component_id,component,status,status_updated_at
      a,Old name,operational,2026-01-01T00:00:00Z
      b,Other,major_outage,2026-01-01T00:30:00Z
      a,Old name,partial_outage,2026-01-01T01:00:00Z
      a,New name,operational,2026-01-01T02:00:00Z

      """)
    #expect(read.outages.map(\.service) == ["Other", "New name"])
    #expect(read.outages[0].endsAt == nil)
    #expect(read.outages[1].endsAt?.description == "2026-01-01T02:00:00Z")
  }

  private static func real(_ name: String) async throws -> (file: LogFile, read: OutageParser)? {
    guard let url = RealData.url("supplier-outages/\(name).csv.gz") else { return nil }
    let file = LogFile(path: url.path)
    return (file, try await ImportOutageFile.read(file))
  }

  @Test("GitHub's and Google Cloud's files, whole")
  func realFiles() async throws {
    guard let components = try await Self.real("github_component_outages"), let status = try await Self.real("github_component_status"),
      let google = try await Self.real("gcp_incidents"), let url = RealData.url("supplier-outages/github_incidents.csv.gz")
    else { return }
    #expect(components.read.outages.count == 1105 && components.read.unreadable.isEmpty)
    #expect(status.read.rowCount == 2382 && status.read.outages.count == 1105 && status.read.unreadable.isEmpty)
    #expect(google.read.outages.count == 1002 && google.read.unreadable.isEmpty)
    // The intervals that follow from the points are those of the other file, which has whole seconds.
    func intervals(_ outages: [OutageLine]) -> [[String]] {
      outages.map { outage in
        let times = [outage.startsAt, outage.endsAt].map { $0.map { Instant(seconds: $0.seconds).description } ?? "" }
        return [outage.service, outage.severity] + times
      }.sorted { $0.lexicographicallyPrecedes($1) }
    }
    #expect(intervals(status.read.outages) == intervals(components.read.outages))
    await expectFailure(.invalid) { try await ImportOutageFile.read(LogFile(path: url.path)) }
  }

  @Test("GitHub's Actions: the quarters that are known of them, to the third decimal and exact in seconds")
  func statedQuarters() async throws {
    guard let (file, _) = try await Self.real("github_component_outages") else { return }
    let database = try await TestDatabase.make(
      [PlatformModule.self, ContractsModule.self, SuppliersModule.self], now: try #require(Instant("2026-09-01T00:00:00Z")))
    let importing = ImportOutageFile(dispatcher: database.dispatcher, as: database.root)
    await expectFailure(.notFound) { try await importing.run(file, .init(supplier: "GITHUB")) }
    let first = try await importing.run(file, .init(supplier: "GITHUB", createsMissing: true))
    #expect(first.recorded == 1105 && first.servicesMade == 12 && first.changed == 0)
    let again = try await importing.run(file, .init(supplier: "GITHUB", createsMissing: true))
    #expect(again.recorded == 0 && again.unchanged == 1105 && again.changed == 0)

    let supplier = try await database.call("supplier.list", as: database.root)["items"]?.array?.first?["id"] ?? .null
    let services = try await database.call("supplier_service.list", ["supplier": supplier], as: database.root)["items"]?.array ?? []
    let actions = try #require(services.first(where: { $0["name"] == "Actions" })?["id"])
    let stated: [(period: String, countsFrom: String, percent: String, seconds: String)] = [
      ("2025-Q4", "partial", "98.637", "108336"), ("2025-Q4", "major", "99.977", "1832"), ("2026-Q1", "partial", "98.828", "91166"),
      ("2026-Q1", "major", "99.605", "30750"), ("2026-Q2", "partial", "99.733", "20975"), ("2026-Q2", "major", "100.000", "0"),
    ]
    for quarter in stated {
      let read = try await database.call(
        "availability.read", ["service": actions, "period": .text(quarter.period), "countsFrom": .text(quarter.countsFrom)], as: database.root)
      #expect(read["downSeconds"] == .decimal(quarter.seconds), "\(quarter)")
      #expect(read["severityRule"] == .text(quarter.countsFrom))
      let exact = (read["exact"]?.text ?? "").split(separator: "/").compactMap { Int64($0) }
      try #require(exact.count == 2)
      #expect(Rate(exact[0], of: exact[1])?.units.rounded(toThousandthsOfAPercent: ()) == quarter.percent, "\(quarter)")
      let intervals = read["intervals"]?.array ?? []
      #expect(
        intervals.reduce(0) { $0 + (Int64($1["seconds"].flatMap { if case .decimal(let text) = $0 { text } else { nil } } ?? "") ?? 0) }
          == Int64(quarter.seconds))
    }
  }

  /// The seconds of a stretch in which a service was down, marked one by one from the rows of Google Cloud's file. The columns that are
  /// read have no commas; what stands behind them may.
  private static func marked(_ service: String, _ severities: Set<String>, in stretch: Range<Int64>, _ file: LogFile) async throws -> Int64 {
    var bytes: [UInt8] = []
    _ = try await file.read { chunk, _ in bytes += chunk }
    var down = [Bool](repeating: false, count: stretch.count)
    for line in bytes.split(separator: UInt8(ascii: "\n")).dropFirst() {
      let fields = line.split(separator: UInt8(ascii: ","), maxSplits: 8, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
      guard fields.count == 9, fields[2] == service, severities.contains(fields[7]) else { continue }
      let begin = try #require(Instant(fields[3]))
      // What has no end goes on.
      let end = Instant(fields[4]) ?? Instant(seconds: stretch.upperBound)
      let (from, to) = (max(begin.seconds, stretch.lowerBound), min(end.seconds, stretch.upperBound))
      if from < to { for second in from..<to { down[Int(second - stretch.lowerBound)] = true } }
    }
    return Int64(down.count { $0 })
  }

  @Test("Google Cloud's file is imported, once; a quarter of one service is what its rows come to")
  func googleCloud() async throws {
    guard let (file, _) = try await Self.real("gcp_incidents") else { return }
    let database = try await TestDatabase.make(
      [PlatformModule.self, ContractsModule.self, SuppliersModule.self], now: try #require(Instant("2026-09-01T00:00:00Z")))
    let importing = ImportOutageFile(dispatcher: database.dispatcher, as: database.root)
    let first = try await importing.run(file, .init(supplier: "GOOGLE", createsMissing: true))
    #expect(first.recorded == 1002 && first.servicesMade == 76 && first.changed == 0)
    let again = try await importing.run(file, .init(supplier: "GOOGLE", createsMissing: true))
    #expect(again.recorded == 0 && again.servicesMade == 0 && again.unchanged == 1002 && again.changed == 0)

    let supplier = try await database.call("supplier.list", as: database.root)["items"]?.array?.first?["id"] ?? .null
    let services = try await database.call("supplier_service.list", ["supplier": supplier, "limit": 200], as: database.root)["items"]?.array ?? []
    let several = try #require(services.first(where: { $0["name"] == "Multiple Products" })?["id"])
    let (start, end) = (try #require(Instant("2021-07-01T00:00:00Z")), try #require(Instant("2021-10-01T00:00:00Z")))
    let quarter = start.seconds..<end.seconds
    // Two dozen outages of 19 days, some at the same time; two of them were severe.
    for (countsFrom, words, known) in [("partial", ["medium", "high"], 1_528_020), ("major", ["high"], 31_380)] as [(String, Set<String>, Int64)] {
      let seconds = try await Self.marked("Multiple Products", words, in: quarter, file)
      #expect(seconds == known)
      let read = try await database.call(
        "availability.read", ["service": several, "period": "2021-Q3", "countsFrom": .text(countsFrom)], as: database.root)
      #expect(read["downSeconds"] == .decimal(String(seconds)) && read["totalSeconds"] == .decimal(String(quarter.count)), "\(countsFrom)")
      let exact = (read["exact"]?.text ?? "").split(separator: "/").compactMap { Int64($0) }
      try #require(exact.count == 2)
      let total = Int64(quarter.count)
      #expect(exact[0] * total == exact[1] * (total - seconds), "\(countsFrom)")
    }
  }

  @Test("Rows that cannot be read stop the import, or are skipped")
  func skipping() async throws {
    let database = try await TestDatabase.make([PlatformModule.self, ContractsModule.self, SuppliersModule.self])
    let path = FileManager.default.temporaryDirectory.appending(path: "outages-\(database.name).csv").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try "service,severity,from,to\nAPI,major,2026-01-01T00:00:00Z,2026-01-01T01:00:00Z\nAPI,bad,2026-01-03T00:00:00Z,\n".write(
      toFile: path, atomically: true, encoding: .utf8)
    let importing = ImportOutageFile(dispatcher: database.dispatcher, as: database.root)
    await #expect(throws: UnreadableRows.self) { try await importing.run(LogFile(path: path), .init(supplier: "CLOUD", createsMissing: true)) }
    #expect(try await database.call("supplier.list", as: database.root)["items"] == .array([]))
    let report = try await importing.run(LogFile(path: path), .init(supplier: "CLOUD", createsMissing: true, skipsUnreadable: true))
    #expect(report.recorded == 1 && report.unreadable.count == 1)
    #expect(Language.allCases.allSatisfy { report.text($0).contains("CLOUD") })
  }
}

extension Int64 {
  /// Millionths as a percentage with three decimals.
  fileprivate func rounded(toThousandthsOfAPercent: Void) -> String {
    let units = roundedHalfAwayFromZero(Int128(self), dividedBy: 10)
    let digits = String(units)
    let padded = String(repeating: "0", count: Swift.max(0, 4 - digits.count)) + digits
    return "\(padded.dropLast(3)).\(padded.suffix(3))"
  }
}
