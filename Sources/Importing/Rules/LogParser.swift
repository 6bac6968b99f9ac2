import Foundation
import Kernel
import Operations

/// Makes an ``IncidentLog`` of records, row by row: reads what the profile names, tells what cannot be read, counts what
/// is odd.
///
/// An incident with an unreadable row is left out whole: one missing row can change its last priority or its recorded
/// verdict, and a later import of the mended file would not touch a ticket that is already there. Where the number
/// of the row itself cannot be trusted, the incidents on both sides are left out.
struct LogParser {
  private let profile: ImportProfile
  private(set) var log = IncidentLog()
  private(set) var unreadable: [UnreadableRow] = []
  private(set) var anomalies: [Anomaly: Anomaly.Count] = [:]
  private(set) var rowCount: Int64 = 0
  private var leftOut: Set<TextPool.Index> = []
  private var leavesOutNext = false
  private var finished: Set<TextPool.Index> = []

  private var header: Header?
  private var fields: FieldReader
  private var previous = PreviousRecord()
  /// The places whose fields differ from the row before.
  private var changed: [Int] = []
  /// The texts of the row at hand, by the places of ``IncidentLog/columns``.
  private var texts: [TextPool.Index] = []
  /// The rows of the incident at hand, in the order of the file, and their texts one after the other.
  private var current: [ParsedRow] = []
  private var currentTexts: [TextPool.Index] = []
  private var currentNumber: TextPool.Index?

  /// Where the columns stand in the file and in ``texts``.
  private struct Header {
    /// The file's column of each place.
    let positions: [Int]
    let names: [String]
    let count: Int
    let number, state, updatedAt, priority: Int
    let sequence, openedAt, resolvedAt, closedAt, impact, urgency, reopenCount, verdict, customer, serviceLevel: Int?
    let history: [Int]
  }

  private struct ParsedRow {
    let line: Int64
    let sequence: Int64
    let at: Instant
    let state: ImportProfile.State
    let stateText: TextPool.Index
    /// Nil where the log is one of bare events: see ``EventTimes``.
    let openedAt: Instant?
    let resolvedAt: Instant?
    let closedAt: Instant?
    let priority: Int64
    let impact: Int64?
    let urgency: Int64?
    let reopenCount: Int64?
    let recordedMet: Bool?
    let customer: TextPool.Index
    let serviceLevel: TextPool.Index
    /// Its place in `currentTexts`, in rows.
    let place: Int
  }

  init(profile: ImportProfile) {
    self.profile = profile
    fields = FieldReader(profile)
    // Number 0 is the missing text.
    _ = log.pool.index(of: UnsafeRawBufferPointer(start: nil, count: 0))
  }

  var leftOutNumbers: [String] { leftOut.map { log.pool[$0] }.sorted() }

  // MARK: Records

  mutating func take(_ record: CSVRecord) throws {
    guard let header else { return try begin(record) }
    if record.isBlank {
      anomalies[.blankLine, default: Anomaly.Count()].occurrences += 1
      return
    }
    rowCount += 1
    do throws(RowFault) {
      try take(record, header)
    } catch {
      unreadable.append(UnreadableRow(line: record.line, error.reason, column: error.column, found: error.found))
      if let number = error.number {
        leftOut.insert(number)
      } else {
        if let currentNumber { leftOut.insert(currentNumber) }
        leavesOutNext = true
      }
    }
  }

  /// Why a row cannot be read, and whose it is where that is known.
  private struct RowFault: Error {
    let reason: UnreadableRow.Reason
    var column: String?
    var found = ""
    var number: TextPool.Index?
  }

  mutating func finish() throws {
    guard header != nil else { throw Failure(.malformed, ImportingMessages.emptyFile) }
    endIncident()
    guard !leftOut.isEmpty else { return }
    var kept: [IncidentLog.Incident] = []
    var keptTexts: [TextPool.Index] = []
    let width = log.columns.count
    for (index, incident) in log.incidents.enumerated() where !leftOut.contains(incident.number) {
      kept.append(incident)
      keptTexts += log.lastTexts[index * width..<(index + 1) * width]
    }
    log.incidents = kept
    log.lastTexts = keptTexts
  }

  private mutating func begin(_ record: CSVRecord) throws {
    if let defect = record.defect {
      let row = UnreadableRow(line: record.line, UnreadableRow.Reason(defect))
      throw Failure(.malformed, ImportingMessages.unreadableHeader, ["reason": row.text(.english)])
    }
    let names = (0..<record.count).map { record.text($0) }
    let columns = profile.columns
    var places: [String: Int] = [:]
    var positions: [Int] = []
    var violations: [Failure.Violation] = []
    let verdict = profile.verdicts.map { [$0.column] } ?? []
    for name in columns.required + verdict + columns.optional where places[name] == nil {
      let found = names.indices.filter { names[$0] == name }
      if found.count > 1 { throw Failure(.malformed, ImportingMessages.duplicateColumn, ["column": name]) }
      guard let position = found.first else {
        violations.append(Failure.Violation(path: "columns", ImportingMessages.columnMissing, ["column": name]))
        continue
      }
      places[name] = positions.count
      positions.append(position)
    }
    guard violations.isEmpty else { throw Failure(.invalid, ImportingMessages.badProfile, violations: violations) }
    func place(_ name: String) -> Int { places[name] ?? 0 }
    header = Header(
      positions: positions, names: positions.map { names[$0] }, count: names.count, number: place(columns.number), state: place(columns.state),
      updatedAt: place(columns.updatedAt), priority: place(columns.priority), sequence: columns.sequence.map(place), openedAt: columns.openedAt.map(place),
      resolvedAt: columns.resolvedAt.map(place), closedAt: columns.closedAt.map(place), impact: columns.impact.map(place),
      urgency: columns.urgency.map(place), reopenCount: columns.reopenCount.map(place), verdict: profile.verdicts.map { place($0.column) },
      customer: columns.customer.map(place), serviceLevel: columns.serviceLevel.map(place), history: columns.history.map(place))
    texts = [TextPool.Index](repeating: IncidentLog.missing, count: positions.count)
    log.columns = places
    log.historyColumns = columns.history
  }

  private mutating func take(_ record: CSVRecord, _ header: Header) throws(RowFault) {
    if let defect = record.defect { throw RowFault(reason: UnreadableRow.Reason(defect)) }
    guard record.count == header.count else { throw RowFault(reason: .columnCount, found: "\(record.count) / \(header.count)") }
    var notText: Int?
    previous.compare(record, at: header.positions, changed: &changed)
    for place in changed {
      let field = record[header.positions[place]]
      if fields.isMissing(field) {
        texts[place] = IncidentLog.missing
      } else if let text = log.pool.index(of: field) {
        texts[place] = text
      } else {
        texts[place] = IncidentLog.missing
        notText = notText ?? place
      }
    }
    // What could not be kept must not be taken for known when it comes again.
    if notText != nil { previous = PreviousRecord() }
    let number = texts[header.number]
    if let notText { throw RowFault(reason: .notText, column: header.names[notText], number: number == IncidentLog.missing ? nil : number) }
    guard number != IncidentLog.missing else { throw RowFault(reason: .missing, column: header.names[header.number]) }
    if number != currentNumber {
      endIncident()
      guard !finished.contains(number) else { throw RowFault(reason: .apart, found: log.pool[number], number: number) }
      currentNumber = number
      if leavesOutNext {
        leftOut.insert(number)
        leavesOutNext = false
      }
    } else {
      leavesOutNext = false
    }
    do throws(RowFault) {
      current.append(try parse(record.line, header))
      currentTexts += texts
    } catch {
      throw RowFault(reason: error.reason, column: error.column, found: error.found, number: number)
    }
  }

  private mutating func parse(_ line: Int64, _ header: Header) throws(RowFault) -> ParsedRow {
    let at = try date(header, header.updatedAt)
    var openedAt: Instant?
    if let place = header.openedAt { openedAt = try date(header, place).instant }
    if !at.isCertain { count(.ambiguousTime, 1) }
    return ParsedRow(
      line: line, sequence: try optionalNumber(header, header.sequence) ?? Int64(current.count), at: at.instant, state: try state(header),
      stateText: texts[header.state], openedAt: openedAt, resolvedAt: try optionalDate(header, header.resolvedAt),
      closedAt: try optionalDate(header, header.closedAt), priority: try name(header, header.priority, \.priorities, .unknownPriority),
      impact: try optionalName(header, header.impact, \.impacts, .unknownImpact),
      urgency: try optionalName(header, header.urgency, \.urgencies, .unknownUrgency), reopenCount: try optionalNumber(header, header.reopenCount),
      recordedMet: try verdict(header), customer: try customer(header), serviceLevel: try serviceLevel(header), place: current.count)
  }

  // MARK: Fields

  private func given(_ header: Header, _ place: Int) throws(RowFault) -> TextPool.Index {
    guard texts[place] != IncidentLog.missing else { throw RowFault(reason: .missing, column: header.names[place]) }
    return texts[place]
  }

  private mutating func date(_ header: Header, _ place: Int) throws(RowFault) -> FieldReader.Date {
    let text = try given(header, place)
    guard let date = fields.date(text, log.pool) else { throw fault(.badDate, header, place) }
    return date
  }

  private mutating func optionalDate(_ header: Header, _ place: Int?) throws(RowFault) -> Instant? {
    guard let place, texts[place] != IncidentLog.missing else { return nil }
    return try date(header, place).instant
  }

  /// Nil only where the log has no such column.
  private mutating func optionalNumber(_ header: Header, _ place: Int?) throws(RowFault) -> Int64? {
    guard let place else { return nil }
    return try number(header, place)
  }

  private mutating func optionalName(
    _ header: Header, _ place: Int?, _ names: KeyPath<ImportProfile, [String: Int64]>, _ reason: UnreadableRow.Reason
  ) throws(RowFault) -> Int64? {
    guard let place else { return nil }
    return try name(header, place, names, reason)
  }

  private func customer(_ header: Header) throws(RowFault) -> TextPool.Index {
    guard let place = header.customer else { return IncidentLog.missing }
    return try given(header, place)
  }

  private func serviceLevel(_ header: Header) throws(RowFault) -> TextPool.Index {
    guard let place = header.serviceLevel else { return IncidentLog.missing }
    let text = try given(header, place)
    guard profile.agreement?.slas[log.pool[text]] != nil else { throw fault(.unknownServiceLevel, header, place) }
    return text
  }

  private mutating func number(_ header: Header, _ place: Int) throws(RowFault) -> Int64 {
    let text = try given(header, place)
    guard let number = fields.number(text, log.pool) else { throw fault(.badNumber, header, place) }
    return number
  }

  private mutating func name(
    _ header: Header, _ place: Int, _ names: KeyPath<ImportProfile, [String: Int64]>, _ reason: UnreadableRow.Reason
  ) throws(RowFault) -> Int64 {
    let text = try given(header, place)
    guard let number = fields.named(text, in: names, log.pool) else { throw fault(reason, header, place) }
    return number
  }

  private mutating func state(_ header: Header) throws(RowFault) -> ImportProfile.State {
    let text = try given(header, header.state)
    guard let state = fields.state(text, log.pool) else { throw fault(.unknownState, header, header.state) }
    return state
  }

  private mutating func verdict(_ header: Header) throws(RowFault) -> Bool? {
    guard let place = header.verdict, texts[place] != IncidentLog.missing else { return nil }
    guard let isMet = fields.verdict(texts[place], log.pool) else { throw fault(.unknownVerdict, header, place) }
    return isMet
  }

  private func fault(_ reason: UnreadableRow.Reason, _ header: Header, _ place: Int) -> RowFault {
    RowFault(reason: reason, column: header.names[place], found: log.pool[texts[place]])
  }

  // MARK: Incidents

  private mutating func count(_ anomaly: Anomaly, _ occurrences: Int) {
    guard occurrences > 0 else { return }
    var count = anomalies[anomaly] ?? Anomaly.Count()
    count.occurrences += Int64(occurrences)
    count.incidents += 1
    anomalies[anomaly] = count
  }

  private mutating func endIncident() {
    guard let number = currentNumber else { return }
    finished.insert(number)
    currentNumber = nil
    defer {
      current.removeAll(keepingCapacity: true)
      currentTexts.removeAll(keepingCapacity: true)
    }
    guard let header, !current.isEmpty, !leftOut.contains(number) else { return }
    order()
    guard let last = current.last else { return }
    let times = EventTimes(current.map { ($0.state, $0.at) })
    let resolvedAt = header.resolvedAt == nil ? times.resolvedAt : last.resolvedAt
    countAnomalies(last, resolvedAt: resolvedAt, reopenCount: last.reopenCount ?? times.reopenCount)
    let firstRow = log.rows.count
    var before: Int?
    for row in current {
      appendChanges(header, row.place, before)
      log.rows.append(IncidentLog.Row(line: row.line, at: row.at, state: row.state, priority: row.priority, changesEnd: log.changes.count))
      before = row.place
    }
    log.lastTexts += currentTexts[last.place * texts.count..<(last.place + 1) * texts.count]
    log.incidents.append(
      IncidentLog.Incident(
        number: number, rows: firstRow..<log.rows.count, openedAt: last.openedAt ?? times.openedAt ?? last.at, resolvedAt: resolvedAt,
        closedAt: header.closedAt == nil ? times.closedAt : last.closedAt, priority: last.priority,
        impact: last.impact ?? Self.usual(last.priority).impact, urgency: last.urgency ?? Self.usual(last.priority).urgency,
        reopenCount: last.reopenCount ?? times.reopenCount, recordedMet: last.recordedMet, customer: last.customer, serviceLevel: last.serviceLevel))
  }

  /// An impact and urgency that the desk's matrix makes this priority of as it comes, where the log tells neither; of one that was added the lowest.
  private static func usual(_ priority: Int64) -> (impact: Int64, urgency: Int64) {
    switch priority {
    case 1: (1, 1)
    case 2: (1, 2)
    case 3: (2, 2)
    case 4: (2, 3)
    default: (3, 3)
    }
  }

  private mutating func appendChanges(_ header: Header, _ place: Int, _ before: Int?) {
    for (column, textPlace) in header.history.enumerated() {
      let text = currentTexts[place * texts.count + textPlace]
      if let before {
        if currentTexts[before * texts.count + textPlace] == text { continue }
      } else if text == IncidentLog.missing {
        continue
      }
      log.changes.append(IncidentLog.Change(column: UInt32(truncatingIfNeeded: column), text: text))
    }
  }

  /// Brings the rows into the order of their sequence numbers. The number of a first row is known to be wrong at times
  /// (it is the last one's): if the others are in order, so is the file.
  private mutating func order() {
    let others = current.dropFirst()
    guard !zip(others, others.dropFirst()).allSatisfy({ $0.sequence <= $1.sequence }) else { return }
    count(.outOfOrder, 1)
    current.sort { ($0.sequence, $0.place) < ($1.sequence, $1.place) }
  }

  private mutating func countAnomalies(_ last: ParsedRow, resolvedAt: Instant?, reopenCount: Int64) {
    let sequences = current.map(\.sequence)
    let distinct = Set(sequences).sorted()
    count(.sequenceRepeated, sequences.count - distinct.count)
    count(.sequenceGap, zip(distinct, distinct.dropFirst()).count { $1 - $0 > 1 })
    if last.state.kind != .closed, last.state.kind != .cancelled {
      count(.notEndingClosed, 1)
    } else if resolvedAt == nil, profile.format != .problems {
      // A problem is resolved by its closure where the log has no state for it.
      count(.noResolvedAt, 1)
    }
    count(.reopened, Int(clamping: reopenCount))
    count(.customerChanged, zip(current, current.dropFirst()).count { $0.customer != $1.customer })
    count(.serviceLevelChanged, zip(current, current.dropFirst()).count { $0.serviceLevel != $1.serviceLevel })
    let closedRows = current.count { $0.state.kind == .closed }
    count(.severalClosedRows, closedRows > 1 ? closedRows - 1 : 0)
    count(.priorityChanged, zip(current, current.dropFirst()).count { $0.priority != $1.priority })
    if current.first?.state.kind != .new { count(.notBeginningAtNew, 1) }
    count(.clockBackwards, zip(current, current.dropFirst()).count { $1.at < $0.at })
    count(.updatedBeforeOpened, current.count { row in row.openedAt.map { row.at < $0 } ?? false })
    count(.rawStateCode, current.count { fields.number($0.stateText, log.pool) != nil })
  }
}

extension UnreadableRow.Reason {
  init(_ defect: CSVRecord.Defect) {
    self =
      switch defect {
      case .tooLong: .tooLong
      case .badQuoting: .badQuoting
      case .openQuote: .openQuote
      }
  }
}

extension ImportProfile.Columns {
  var required: [String] {
    [number, sequence, state, updatedAt, openedAt, resolvedAt, closedAt, priority, impact, urgency, reopenCount, customer, serviceLevel].compactMap(\.self)
  }
  var optional: [String] { [requester, site, category].compactMap { $0 } + title + attributes + history }
}
