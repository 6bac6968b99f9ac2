import Contracts
import Desk
import Kernel
import Postgres
import ServiceLevels

/// Writes incidents as rows for COPY. The columns stand in the order of ``IncomingTables``.
struct TicketRows: Sendable {
  let log: IncidentLog
  let profile: ImportProfile

  // MARK: Tickets

  func append(_ ticket: ImportedTicket, _ clock: ImportedClock?, to encoder: inout CopyEncoder) throws {
    let incident = log.incidents[ticket.index]
    let rows = log.rows[incident.rows]
    guard let last = rows.last else { return }
    let state = last.state
    let isClosed = state.kind == .closed
    let told = ImportedStory(of: incident, in: log)
    try encoder.append { row in
      row.append(ticket.position)
      row.append(ticket.id)
      row.append(ticket.publicId)
      row.append(log.title(ticket.index, of: profile.columns.title))
      row.append(ticket.requester)
      row.append(ticket.unit)
      row.append(clock.map { $0.line.contract })
      row.append(clock.map { $0.line.line })
      row.append((clock?.line.reason ?? LineReason.noneInForce).rawValue)
      row.append(incident.impact)
      row.append(incident.urgency)
      row.append(incident.priority)
      row.append(log.text(ticket.index, profile.columns.category))
      row.append(state.kind.rawValue)
      row.append(state.reason?.rawValue)
      row.append(incident.openedAt)
      row.append(told.respondedAt)
      row.append(isClosed || state.kind == .resolved ? incident.resolvedAt : nil)
      row.append(isClosed ? incident.closedAt ?? last.at : nil)
      row.append(incident.reopenCount)
      row.append(clock?.clock.dueAt)
      row.append(log.pool[incident.number])
      row.append(json: attributes(ticket.index))
      row.append(Int64(rows.count))
      row.append(rows.map(\.at).max() ?? last.at)
      row.append(told.story.bytes)
    }
  }

  /// The log's own judgement stays with the ticket, so that it can be shown beside ours at any time.
  private func attributes(_ incident: Int) -> Value {
    var members: [Value.Member] = []
    if let isMet = log.incidents[incident].recordedMet { members.append(Value.Member("recordedVerdict", .text(isMet ? "met" : "missed"))) }
    for column in profile.columns.attributes {
      if let text = log.text(incident, column) { members.append(Value.Member(column, .text(text))) }
    }
    return .object(members)
  }

  // MARK: Events

  /// Every row of the log is an event.
  func appendEvents(_ ticket: ImportedTicket, to encoder: inout CopyEncoder) throws {
    let incident = log.incidents[ticket.index]
    let range = incident.rows
    let respondedRow = ImportedStory(of: incident, in: log).respondedRow.map { range.lowerBound + $0 }
    for index in range {
      try encoder.append { row in
        row.append(ticket.id)
        row.append(Int64(index - range.lowerBound + 1))
        row.append(type(of: index, in: range))
        row.append(payload(index, isFirstResponse: index == respondedRow))
        row.append(log.rows[index].at)
      }
    }
  }

  /// In the words of the desk's own history.
  private func type(of index: Int, in range: Range<Int>) -> String {
    guard index > range.lowerBound else { return TicketEventType.opened }
    let (before, row) = (log.rows[index - 1], log.rows[index])
    switch (before.state.kind, row.state.kind) {
    case (let old, let new) where old == new: return row.priority == before.priority ? TicketEventType.changed : TicketEventType.classified
    case (.resolved, .new), (.resolved, .active), (.resolved, .pending), (.closed, .new), (.closed, .active), (.closed, .pending):
      return TicketEventType.reopened
    case (_, .pending): return TicketEventType.held
    case (.pending, .new), (.pending, .active): return TicketEventType.resumed
    case (_, .active): return TicketEventType.started
    case (_, .resolved): return TicketEventType.resolved
    case (_, .closed): return TicketEventType.closed
    default: return TicketEventType.changed
    }
  }

  /// The line of the file, and what changed with it.
  private func payload(_ index: Int, isFirstResponse: Bool) -> JSONBytes {
    var bytes = Array("{\"line\":\(log.rows[index].line)".utf8)
    if isFirstResponse { bytes += ",\"firstResponse\":true".utf8 }
    if let reason = log.rows[index].state.reason { bytes += ",\"reason\":\"\(reason.rawValue)\"".utf8 }
    log.appendChanges(of: index, to: &bytes)
    bytes.append(UInt8(ascii: "}"))
    return JSONBytes(bytes: bytes)
  }

  // MARK: Clocks

  static func append(_ imported: ImportedClock, _ ticket: ImportedTicket, to encoder: inout CopyEncoder) throws {
    let clock = imported.clock
    try encoder.append { row in
      row.append(ticket.clockId)
      row.append(ticket.id)
      row.append(imported.line.lineVersion)
      row.append(imported.line.reason.rawValue)
      row.append(imported.line.slaVersion)
      row.append(imported.promise.target)
      row.append(clock.calendarVersion)
      row.append(imported.priority)
      switch clock.budget {
      case .workingSeconds(let seconds):
        row.append(seconds)
        row.append(Int64?.none)
      case .businessDays(let days):
        row.append(Int64?.none)
        row.append(days)
      }
      row.append(clock.budgetSeconds)
      row.append(imported.promise.pauses)
      row.append(imported.line.resolutionStopsAt.rawValue)
      row.append(clock.state.rawValue)
      row.append(clock.stateSince)
      row.append(clock.stateCause)
      row.append(clock.startedAt)
      row.append(clock.lastEventAt)
      row.append(clock.consumedSeconds)
      row.append(clock.runStartedAt)
      row.append(clock.runStartedWithSeconds)
      row.append(clock.runEndedAt)
      row.append(clock.dueAt)
      row.append(clock.nextCheckAt)
      row.append(clock.outcome == .missed ? clock.verdict?.breachedAt : nil)
      row.append(clock.observedAt)
      row.append(clock.outcome?.rawValue)
      row.append(Int64(imported.intervals.count))
      row.append(Int64(imported.milestones.count))
      row.append(clock.verdict?.sequence ?? 0)
      row.append(clock.nextCalendarVersion)
    }
  }

  static func appendIntervals(_ imported: ImportedClock, _ ticket: ImportedTicket, to encoder: inout CopyEncoder) throws {
    for (offset, entry) in imported.intervals.enumerated() {
      try encoder.append { row in
        row.append(ticket.clockId)
        row.append(Int64(offset + 1))
        row.append(entry.interval.from)
        row.append(entry.interval.to)
        row.append(entry.interval.state.rawValue)
        row.append(entry.interval.cause)
        row.append(entry.target)
        row.append(entry.interval.calendarVersion)
        row.append(entry.interval.workingSeconds)
      }
    }
  }

  static func appendMilestones(_ imported: ImportedClock, _ ticket: ImportedTicket, to encoder: inout CopyEncoder) throws {
    for (offset, milestone) in imported.milestones.enumerated() {
      try encoder.append { row in
        row.append(ticket.clockId)
        row.append(Int64(offset + 1))
        row.append(milestone.observedAt)
        row.append(milestone.source)
      }
    }
  }

  static func appendVerdicts(_ imported: ImportedClock, _ ticket: ImportedTicket, to encoder: inout CopyEncoder) throws {
    for entry in imported.verdicts {
      try encoder.append { row in
        row.append(ticket.clockId)
        row.append(entry.verdict.sequence)
        row.append(entry.verdict.outcome?.rawValue)
        row.append(entry.verdict.cause.rawValue)
        row.append(entry.verdict.detail)
        row.append(entry.verdict.decidedAt)
        row.append(entry.verdict.breachedAt)
        row.append(entry.verdict.consumedSeconds)
        row.append(entry.verdict.budgetSeconds)
        row.append(entry.target)
        row.append(entry.verdict.calculation)
      }
    }
  }
}

extension IncidentLog {
  /// The member `log`: the columns that are kept, as far as they changed with a row.
  func appendChanges(of row: Int, to bytes: inout [UInt8]) {
    bytes += ",\"log\":{".utf8
    var isFirst = true
    for change in changes(of: row) {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      JSON.append(.text(historyColumns[Int(change.column)]), to: &bytes)
      bytes.append(UInt8(ascii: ":"))
      JSON.append(change.text == Self.missing ? .null : .text(pool[change.text]), to: &bytes)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  /// What a title is made of, by the last row; the log's number where that says nothing.
  func title(_ incident: Int, of columns: [String]) -> String {
    let parts = columns.compactMap { text(incident, $0) }
    return parts.isEmpty ? pool[incidents[incident].number] : String(parts.joined(separator: " · ").prefix(200))
  }
}

/// JSON that is already written.
struct JSONBytes: PostgresEncodable {
  let bytes: [UInt8]

  static var postgresType: PostgresType { .jsonb }

  func encode(to bytes: inout [UInt8]) {
    bytes.append(1)  // the version of jsonb's binary form
    bytes += self.bytes
  }
}
