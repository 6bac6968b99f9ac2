import Kernel

/// Makes outages of the records of a file. What cannot be read is told by its line, and keeps nothing else out: outages do
/// not rest on one another.
struct OutageParser {
  private(set) var format: OutageFormat?
  private(set) var outages: [OutageLine] = []
  private(set) var unreadable: [UnreadableRow] = []
  private(set) var rowCount: Int64 = 0
  private var columns: [String] = []
  private var points: [Point] = []

  /// A component has a status from an instant on.
  private struct Point {
    let line: Int64
    let component: String
    let name: String
    let status: OutageFormat.Meaning
    let at: Instant
  }

  /// What a row is refused for.
  private struct Refusal: Error {
    let reason: UnreadableRow.Reason
    var column: String?
    var found = ""
  }

  mutating func take(_ record: CSVRecord) throws(Failure) {
    guard let format else { return try readHeader(record) }
    guard !record.isBlank else { return }
    rowCount += 1
    do throws(Refusal) {
      try take(try fields(of: record), at: record.line, format)
    } catch {
      unreadable.append(UnreadableRow(line: record.line, error.reason, column: error.column, found: error.found))
    }
  }

  /// To be called after the last record.
  mutating func finish() throws(Failure) {
    guard format != nil else { throw Failure(.malformed, ImportingMessages.emptyFile) }
    addIntervals()
    refuseRepeated()
  }

  private mutating func readHeader(_ record: CSVRecord) throws(Failure) {
    guard record.defect == nil else { throw Failure(.malformed, ImportingMessages.unreadableHeader, ["reason": record.defect?.rawValue ?? ""]) }
    columns = (0..<record.count).map { record.text($0) }
    var seen: Set<String> = []
    if let twice = columns.first(where: { !seen.insert($0).inserted }) {
      throw Failure(.malformed, ImportingMessages.duplicateColumn, ["column": twice])
    }
    format = try OutageFormat(columns: columns)
  }

  private func fields(of record: CSVRecord) throws(Refusal) -> [String: String] {
    switch record.defect {
    case .tooLong: throw Refusal(reason: .tooLong)
    case .badQuoting: throw Refusal(reason: .badQuoting)
    case .openQuote: throw Refusal(reason: .openQuote)
    case nil: break
    }
    guard record.count == columns.count else { throw Refusal(reason: .columnCount, found: String(record.count)) }
    var fields: [String: String] = [:]
    for (index, name) in columns.enumerated() where !record[index].isEmpty {
      guard let text = String(validating: record[index], as: UTF8.self) else { throw Refusal(reason: .notText, column: name) }
      fields[name] = text
    }
    return fields
  }

  private mutating func take(_ fields: [String: String], at line: Int64, _ format: OutageFormat) throws(Refusal) {
    switch format {
    case .intervals:
      try add(
        OutageLine(
          line: line, service: try text("service", fields), region: try optionalText("region", fields, most: 100),
          instance: try optionalText("instance", fields, most: 100),
          key: try optionalText("key", fields), severity: try severity("severity", fields, format), startsAt: try instant("from", fields),
          endsAt: try optionalInstant("to", fields), announcedAt: try optionalInstant("announced", fields), title: fields["title"].flatMap(Self.title)))
    case .githubComponents:
      try add(
        OutageLine(
          line: line, service: try text("component", fields), severity: try severity("status", fields, format), startsAt: try instant("from_utc", fields),
          endsAt: try optionalInstant("to_utc", fields)))
    case .githubStatus:
      let status = format.meaning(fields["status"] ?? "")
      guard status != .unknown else { throw Refusal(reason: .unknownSeverity, column: "status", found: fields["status"] ?? "") }
      points.append(
        Point(
          line: line, component: try text("component_id", fields), name: try text("component", fields), status: status,
          at: try instant("status_updated_at", fields)))
    case .googleCloud:
      try add(
        OutageLine(
          line: line, service: try text("service_name", fields), key: try text(fields["id"] == nil ? "number" : "id", fields),
          severity: try severity("severity", fields, format), startsAt: try instant("begin", fields), endsAt: try optionalInstant("end", fields),
          title: fields["external_desc"].flatMap(Self.title)))
    }
  }

  private mutating func add(_ outage: OutageLine) throws(Refusal) {
    if let end = outage.endsAt, end <= outage.startsAt { throw Refusal(reason: .endsBeforeStart, found: end.description) }
    outages.append(outage)
  }

  /// An interval lasts from a status to the component's next one. A component that was renamed bears its last name.
  private mutating func addIntervals() {
    for ofOne in Dictionary(grouping: points, by: \.component).values.map({ $0.sorted { ($0.at, $0.line) < ($1.at, $1.line) } }) {
      guard let name = ofOne.last?.name else { continue }
      for (index, point) in ofOne.enumerated() {
        guard case .severity(let severity) = point.status else { continue }
        let end = index + 1 < ofOne.count ? ofOne[index + 1].at : nil
        // A status that another one took back at once was none.
        if end == point.at { continue }
        outages.append(OutageLine(line: point.line, service: name, severity: severity, startsAt: point.at, endsAt: end))
      }
    }
    points = []
    outages.sort { $0.line < $1.line }
  }

  /// Of two rows of one outage the later one is refused: which of them is right nobody can tell.
  private mutating func refuseRepeated() {
    var seen: Set<[String]> = []
    var kept: [OutageLine] = []
    for outage in outages {
      let key = outage.key ?? outage.startsAt.description
      if seen.insert([outage.service, outage.region ?? "", outage.instance ?? "", key]).inserted {
        kept.append(outage)
      } else {
        unreadable.append(UnreadableRow(line: outage.line, .repeated, found: "\(outage.service) \(key)"))
      }
    }
    outages = kept
    unreadable.sort { $0.line < $1.line }
  }

  // MARK: Fields

  /// What `outage.import` takes: of at most so many characters, without control characters and what is refused in one line.
  private func text(_ column: String, _ fields: [String: String]) throws(Refusal) -> String {
    guard let text = try optionalText(column, fields) else { throw Refusal(reason: .missing, column: column) }
    return text
  }

  private func optionalText(_ column: String, _ fields: [String: String], most: Int = 200) throws(Refusal) -> String? {
    guard let text = fields[column] else { return nil }
    guard !text.unicodeScalars.contains(where: Self.isRefused) else { throw Refusal(reason: .notText, column: column) }
    let length = text.unicodeScalars.count
    guard length <= most else { throw Refusal(reason: .fieldTooLong, column: column, found: "\(length) > \(most)") }
    return text
  }

  private func instant(_ column: String, _ fields: [String: String]) throws(Refusal) -> Instant {
    guard let instant = try optionalInstant(column, fields) else { throw Refusal(reason: .missing, column: column) }
    return instant
  }

  private func optionalInstant(_ column: String, _ fields: [String: String]) throws(Refusal) -> Instant? {
    guard let text = fields[column] else { return nil }
    guard let instant = Instant(text) else { throw Refusal(reason: .badInstant, column: column, found: text) }
    return instant
  }

  private func severity(_ column: String, _ fields: [String: String], _ format: OutageFormat) throws(Refusal) -> String {
    guard let word = fields[column] else { throw Refusal(reason: .missing, column: column) }
    guard case .severity(let severity) = format.meaning(word) else { throw Refusal(reason: .unknownSeverity, column: column, found: word) }
    return severity
  }

  private static func isRefused(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control || scalar.deceives }

  /// One line of at most 300 characters; nil where nothing of it is seen.
  private static func title(_ text: String) -> String? {
    let clean = text.unicodeScalars.map { isRefused($0) ? " " : Character($0) }
    let line = String(clean).unicodeScalars.prefix(300)
    return line.contains(where: \.isVisible) ? String(line) : nil
  }
}
