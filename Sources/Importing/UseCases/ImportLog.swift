import Contracts
import Kernel
import Operations
import Postgres
import Scorecard
import ServiceLevels
import Tenancy

/// Imports an incident event log: reads the file, makes what the profile names, judges every incident by the rules of our
/// own clocks, and writes all of it in one transaction. What is already there stays as it is.
package struct ImportLog: Sendable {
  package struct Options: Sendable {
    /// Make customer, calendar, SLA and contract where they are missing.
    package var createsMissing: Bool
    /// Leave out what cannot be read, instead of stopping.
    package var skipsUnreadable: Bool
    /// Write nothing and tell what would be written.
    package var isTrial: Bool

    package init(createsMissing: Bool = false, skipsUnreadable: Bool = false, isTrial: Bool = false) {
      self.createsMissing = createsMissing
      self.skipsUnreadable = skipsUnreadable
      self.isTrial = isTrial
    }
  }

  private let dispatcher: Dispatcher
  private let principal: Principal

  /// - Parameter principal: who imports: the local operator.
  package init(dispatcher: Dispatcher, as principal: Principal) {
    self.dispatcher = dispatcher
    self.principal = principal
  }

  private var tenancy: Tenancy { dispatcher.tenancy }

  /// Throws ``UnreadableRows`` when rows cannot be read and are not to be skipped: nothing was written then. Any other
  /// reason is a ``Failure``.
  package func run(
    _ file: LogFile, _ profile: ImportProfile, _ options: Options = Options(), progress: @escaping @Sendable (ImportProgress) -> Void = { _ in }
  ) async throws -> ImportReport {
    try await profile.requireListed(by: tenancy)
    let read = try await LogReader(profile: profile).read(file) { progress(.reading(done: $0.bytesRead, all: $0.bytesInAll)) }
    return try await write(read, of: file, profile, options, progress: progress)
  }

  /// Writes what was read.
  func write(
    _ read: LogReader.Result, of file: LogFile, _ profile: ImportProfile, _ options: Options,
    progress: @escaping @Sendable (ImportProgress) -> Void = { _ in }
  ) async throws -> ImportReport {
    do {
      guard options.skipsUnreadable || read.unreadable.isEmpty else { throw UnreadableRows(fileName: file.name, rows: read.unreadable) }
      guard !read.log.incidents.isEmpty else { throw Failure(.invalid, ImportingMessages.nothingToImport) }
      return try await write(try LogPart.parts(of: read, profile), of: read, file, profile, options, progress)
    } catch let rows as UnreadableRows {
      throw rows
    } catch {
      throw Failure(error, constraints: [:])
    }
  }
}

extension ImportLog {
  /// What is missing is found, or made, before the first ticket is written; then each contract's tickets are one transaction.
  private func write(
    _ parts: [LogPart], of read: LogReader.Result, _ file: LogFile, _ profile: ImportProfile, _ options: Options,
    _ progress: @escaping @Sendable (ImportProgress) -> Void
  ) async throws -> ImportReport {
    let requestId = "import-" + Base32.encode(tenancy.random.bytes(10))
    var setups: [ContractSetup.Found] = []
    for part in parts {
      try Task.checkCancellation()
      guard let agreement = part.profile.agreement else {
        throw Failure(.internal, OperationMessages.internalFault, debug: "a log of problems is no log of incidents")
      }
      let setup = ContractSetup(
        dispatcher: dispatcher, principal: principal, customer: part.profile.customer, agreement: agreement, requestId: requestId)
      // What would be made for a trial would be there afterwards.
      setups.append(try await setup.run(creating: options.createsMissing && !options.isTrial, firstOpenedAt: part.firstOpenedAt))
    }
    let ofPart: @Sendable (ImportProgress) -> Void = if profile.hasManyContracts { { _ in } } else { progress }
    var reports: [ImportReport] = []
    var levels: [String: VerdictTally] = [:]
    for (part, setup) in zip(parts, setups) {
      try Task.checkCancellation()
      let work = ImportTransaction(
        file: file, profile: part.profile, read: part.read, setup: setup, principal: principal, requestId: requestId, tenancy: tenancy,
        isTrial: options.isTrial, progress: ofPart)
      let report = try await tenancy.transaction(binding: [setup.tenant.id], side: .staff, statementTimeoutMilliseconds: 3_600_000) { transaction in
        try await work.run(in: transaction)
      }
      reports.append(report)
      if let level = part.serviceLevel { levels[level, default: VerdictTally()] += report.allVerdicts }
      if profile.hasManyContracts { progress(.sending(done: Int64(reports.count), all: Int64(parts.count))) }
    }
    if let report = reports.first, !profile.hasManyContracts { return report }
    return ImportReport.sum(reports, read: read, levels: levels, customers: Int64(Set(setups.map(\.tenant.id)).count))
  }
}

/// The part of an import that writes. All or nothing, and safe to be begun anew.
struct ImportTransaction: Sendable {
  let file: LogFile
  let profile: ImportProfile
  let read: LogReader.Result
  let setup: ContractSetup.Found
  let principal: Principal
  let requestId: String
  let tenancy: Tenancy
  let isTrial: Bool
  let progress: @Sendable (ImportProgress) -> Void

  private var tenant: TenantId { setup.tenant.id }
  private var log: IncidentLog { read.log }

  func run(in transaction: Transaction) async throws -> ImportReport {
    let now = tenancy.clock.now()
    try await transaction.execute(LockSource(tenant: tenant, source: profile.source, now: now))
    let (known, lines) = try await transaction.query(
      KnownTickets(tenant: tenant, source: profile.source), LineByPublicId(tenant: tenant, publicId: setup.line))
    guard let line = lines.first else {
      throw Failure(.notFound, ImportingMessages.missing, ["kind": "contract line", "name": profile.agreement?.contract.line ?? ""])
    }
    if isTrial { transaction.rollback() }
    let book = try await TermsBook(tenant: tenant, contract: line.contract, in: transaction)
    let promises = ContractPromises(book: book, contractLine: line.line)
    // The other core judges while the rows that need no judgement are sent.
    async let judged = judge(promises)
    let knownNumbers = Set(known)
    let new = log.incidents.indices.filter { !knownNumbers.contains(log.pool[log.incidents[$0].number]) }
    guard !new.isEmpty else {
      // Importing again changes nothing: not even the note that somebody tried.
      transaction.rollback()
      return report(Written(), try await judged.tallies, record: nil)
    }
    var written = Written()
    let tickets = try await tickets(new, now, &written, in: transaction)
    written.events = Int64(new.reduce(0) { $0 + log.incidents[$1].rows.count })
    try await sendEvents(tickets, in: transaction)
    let (clocks, tallies) = try await judged
    try await send(tickets, clocks, in: transaction)

    progress(.writing)
    transaction.enqueue(WriteEvents(tenant: tenant, subjectKind: "ticket", actor: principal.actor, now: now))
    transaction.enqueue(WriteClocks(tenant: tenant, now: now))
    transaction.enqueue(WriteIntervals(tenant: tenant, now: now))
    transaction.enqueue(WriteMilestones(tenant: tenant, now: now))
    transaction.enqueue(WriteVerdicts(tenant: tenant, now: now))
    let count = Int64(new.count)
    let last = try await transaction.first(ReserveNumbers(tenant: tenant, kind: "incident", count: count)) ?? count
    written.incidents = Int64(
      try await transaction.execute(WriteTickets(tenant: tenant, source: profile.source, numberBefore: last - count, now: now)))
    if isTrial { return report(written, tallies, record: nil) }
    try await transaction.execute(PendTicketTexts(tenant: tenant))
    progress(.figures)
    try await transaction.execute(ExpectManyRows())
    try await RebuildFigures.run(tenant: tenant, contract: line.contract, at: now, in: transaction)

    let record = setup.tenant.id(IdKind.importRecord.prefix, tenancy.random.publicIdBits())
    let report = report(written, tallies, record: record)
    let profileHash = profile.hash
    transaction.enqueue(
      InsertImportRecord(
        tenant: tenant, publicId: record, format: profile.format, source: profile.source, fileName: file.name, fileHash: read.fileHash,
        profileHash: profileHash, report: report.value, actor: principal.actor, now: now))
    transaction.audit(
      "import.run", subject: record,
      content: .object([
        "operator": .text(principal.name), "file": .text(file.name), "fileHash": .text(Hexadecimal.text(read.fileHash)),
        "profileHash": .text(Hexadecimal.text(profileHash)), "incidents": .integer(written.incidents),
      ]), in: tenant, by: principal, requestId: requestId, tenancy: tenancy)
    return report
  }

  // MARK: Judging

  private typealias Judged = (clocks: [ImportedClock?], tallies: [Int64: VerdictTally])

  private func judge(_ promises: ContractPromises) async throws -> Judged {
    var clocks: [ImportedClock?] = []
    clocks.reserveCapacity(log.incidents.count)
    var tallies: [Int64: VerdictTally] = [:]
    for incident in log.incidents {
      do throws(ClockRefusal) {
        let clock = try ImportedClock(of: incident, in: log, promises)
        clocks.append(clock)
        tallies[incident.priority, default: VerdictTally()].count(recordedMet: incident.recordedMet, recomputedMet: clock?.isMet)
      } catch {
        throw error.failure
      }
    }
    return (clocks, tallies)
  }

  // MARK: Identities

  private func tickets(_ new: [Int], _ now: Instant, _ written: inout Written, in transaction: Transaction) async throws -> [ImportedTicket] {
    let persons = try await persons(new, now, &written, in: transaction)
    let sites = try await sites(new, now, &written, in: transaction)
    let (ids, clockIds) = try await transaction.query(NextTicketIds(count: Int64(new.count)), NextClockIds(count: Int64(new.count)))
    return new.indices.map { position in
      let index = new[position]
      return ImportedTicket(
        index: index, id: ids[position], publicId: tenancy.random.publicIdBits(), clockId: clockIds[position], position: Int64(position + 1),
        requester: log.text(index, profile.columns.requester).flatMap { persons[$0] }, unit: log.text(index, profile.columns.site).flatMap { sites[$0] })
    }
  }

  private func persons(_ new: [Int], _ now: Instant, _ written: inout Written, in transaction: Transaction) async throws -> [String: Int64] {
    guard let column = profile.columns.requester else { return [:] }
    let names = Set(new.compactMap { log.text($0, column) }).sorted()
    guard !names.isEmpty else { return [:] }
    let keys = names.map { "\(profile.source):\($0)" }
    written.persons = Int64(
      try await transaction.execute(
        AddPersons(
          tenant: tenant, publicIds: names.map { _ in tenancy.random.publicIdBits() }, names: names, keys: keys, language: setup.tenant.language, now: now)))
    let found = try await transaction.query(PersonsByKey(tenant: tenant, keys: keys))
    let byKey = Dictionary(found.map { ($0.key, $0.id) }) { first, _ in first }
    return Dictionary(uniqueKeysWithValues: zip(names, keys).compactMap { name, key in byKey[key].map { (name, $0) } })
  }

  private func sites(_ new: [Int], _ now: Instant, _ written: inout Written, in transaction: Transaction) async throws -> [String: Int64] {
    guard let column = profile.columns.site else { return [:] }
    let names = Set(new.compactMap { log.text($0, column) }).sorted()
    guard !names.isEmpty else { return [:] }
    written.sites = Int64(
      try await transaction.execute(
        AddSites(tenant: tenant, publicIds: names.map { _ in tenancy.random.publicIdBits() }, names: names, now: now)))
    let found = try await transaction.query(SitesByName(tenant: tenant, names: names))
    return Dictionary(found.map { ($0.name, $0.id) }) { first, _ in first }
  }

  // MARK: Sending

  private func sendEvents(_ tickets: [ImportedTicket], in transaction: Transaction) async throws {
    try await IncomingTables.make(in: transaction)
    let rows = TicketRows(log: log, profile: profile)
    try await copy("incoming_event", Self.eventColumns, tickets, in: transaction, share: 0) { try rows.appendEvents($0, to: &$1) }
  }

  private func send(_ tickets: [ImportedTicket], _ clocks: [ImportedClock?], in transaction: Transaction) async throws {
    let rows = TicketRows(log: log, profile: profile)
    try await copy("incoming_ticket", Self.ticketColumns, tickets, in: transaction, share: 1) { try rows.append($0, clocks[$0.index], to: &$1) }
    try await copy("incoming_clock", Self.clockColumns, tickets, in: transaction, share: 2) { ticket, encoder in
      if let clock = clocks[ticket.index] { try TicketRows.append(clock, ticket, to: &encoder) }
    }
    try await copy("incoming_interval", Self.intervalColumns, tickets, in: transaction, share: 3) { ticket, encoder in
      if let clock = clocks[ticket.index] { try TicketRows.appendIntervals(clock, ticket, to: &encoder) }
    }
    try await copy("incoming_milestone", Self.milestoneColumns, tickets, in: transaction, share: 4) { ticket, encoder in
      if let clock = clocks[ticket.index] { try TicketRows.appendMilestones(clock, ticket, to: &encoder) }
    }
    try await copy("incoming_verdict", Self.verdictColumns, tickets, in: transaction, share: 5) { ticket, encoder in
      if let clock = clocks[ticket.index] { try TicketRows.appendVerdicts(clock, ticket, to: &encoder) }
    }
  }

  private static let tables: Int64 = 6

  private func copy(
    _ table: String, _ columns: [String], _ tickets: [ImportedTicket], in transaction: Transaction, share: Int64,
    _ append: @escaping @Sendable (ImportedTicket, inout CopyEncoder) throws -> Void
  ) async throws {
    let count = Int64(tickets.count)
    try await transaction.send(tickets, to: table, columns, append) { [progress] in
      progress(.sending(done: share * count + $0, all: count * Self.tables))
    }
  }

  // MARK: The report

  private struct Written {
    var incidents: Int64 = 0
    var events: Int64 = 0
    var persons: Int64 = 0
    var sites: Int64 = 0
  }

  private func report(_ written: Written, _ tallies: [Int64: VerdictTally], record: PublicId?) -> ImportReport {
    ImportReport(
      fileName: file.name, fileHash: read.fileHash, customerCode: setup.tenant.code, rows: read.rows, incidents: Int64(log.incidents.count),
      newIncidents: written.incidents, newEvents: written.events, newPersons: written.persons, newSites: written.sites, unreadable: read.unreadable,
      leftOut: read.leftOut, anomalies: read.anomalies, verdicts: tallies, created: setup.created, record: record, isTrial: isTrial)
  }
}

extension Transaction {
  /// Copies rows into a temporary table, each element's after those of the one before it.
  /// - Parameter sent: told after each chunk how many elements are on their way.
  func send<Element: Sendable>(
    _ elements: [Element], to table: String, _ columns: [String], _ append: @escaping @Sendable (Element, inout CopyEncoder) throws -> Void,
    sent: @escaping @Sendable (Int64) -> Void
  ) async throws {
    // To a chunk: some hundred KiB.
    let batch = 500
    let chunks = ChunksAhead(count: (elements.count + batch - 1) / batch) { index, encoder in
      let range = index * batch..<min(elements.count, (index + 1) * batch)
      for element in elements[range] { try append(element, &encoder) }
      sent(Int64(range.upperBound))
    }
    _ = try await copyIn("pg_temp.\(table)", columns: columns, rows: chunks)
  }
}

extension ImportTransaction {
  // In the order of IncomingTables and TicketRows.
  private static let ticketColumns = [
    "position", "id", "public_id", "title", "requester_id", "unit_id", "contract_id", "contract_line_id", "line_reason", "impact", "urgency", "priority",
    "category", "state", "pending_reason", "opened_at", "responded_at", "resolved_at", "closed_at", "reopen_count", "due_at", "external_key", "attributes",
    "last_seq", "updated_at", "story",
  ]
  static let eventColumns = ["subject_id", "seq", "type", "payload", "occurred_at"]
  private static let clockColumns = [
    "id", "ticket_id", "line_version_id", "line_reason", "sla_version_id", "target_id", "calendar_version_id", "priority", "budget_seconds",
    "business_days", "budget_open_seconds", "pauses", "stops_at", "state", "state_since", "cause", "started_at", "last_event_at", "consumed_seconds",
    "run_started_at", "run_started_with_seconds", "run_ended_at", "due_at", "breach_at", "breached_at", "observed_at", "verdict", "last_interval_seq",
    "last_milestone_seq", "last_verdict_seq", "next_calendar_version_id",
  ]
  private static let intervalColumns = [
    "clock_id", "seq", "from_at", "to_at", "state", "cause", "target_id", "calendar_version_id", "working_seconds",
  ]
  private static let milestoneColumns = ["clock_id", "seq", "observed_at", "source"]
  private static let verdictColumns = [
    "clock_id", "seq", "verdict", "cause", "detail", "judged_at", "breached_at", "elapsed_seconds", "budget_seconds", "target_id", "calculation_version",
  ]
}
