import Kernel
import Operations
import Postgres
import Problems
import Tenancy

/// Imports a log of problems: reads the file, finds or makes its customers, takes every problem through our own life cycle, and writes what is
/// new of each customer in one transaction. What is already there stays as it is.
package struct ImportProblems: Sendable {
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
    _ file: LogFile, _ profile: ImportProfile, _ options: ImportLog.Options = .init(),
    progress: @escaping @Sendable (ImportProgress) -> Void = { _ in }
  ) async throws -> ProblemImportReport {
    try await profile.requireListed(by: tenancy)
    let read = try await LogReader(profile: profile).read(file) { progress(.reading(done: $0.bytesRead, all: $0.bytesInAll)) }
    do {
      guard options.skipsUnreadable || read.unreadable.isEmpty else { throw UnreadableRows(fileName: file.name, rows: read.unreadable) }
      guard !read.log.incidents.isEmpty else { throw Failure(.invalid, ImportingMessages.noProblems) }
      return try await write(try LogPart.parts(of: read, profile), of: read, file, options, progress)
    } catch let rows as UnreadableRows {
      throw rows
    } catch {
      throw Failure(error, constraints: [:])
    }
  }

  private func write(
    _ parts: [LogPart], of read: LogReader.Result, _ file: LogFile, _ options: ImportLog.Options, _ progress: @escaping @Sendable (ImportProgress) -> Void
  ) async throws -> ProblemImportReport {
    guard let provider = try await tenancy.provider() else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "there is no provider")
    }
    let requestId = "import-" + Base32.encode(tenancy.random.bytes(10))
    var report = ProblemImportReport(fileName: file.name, read: read, isTrial: options.isTrial)
    let ofPart: @Sendable (ImportProgress) -> Void = if parts.count == 1 { progress } else { { _ in } }
    let source = parts.first?.profile.source ?? ""
    let known = try await tenancy.transaction(binding: [provider.id], side: .staff, readOnly: true) { transaction in
      try await transaction.query(KnownProblems(provider: provider.id, source: source))
    }
    // Of all of them before anything is made or written: no import ends half done for it.
    for part in parts {
      let customer = try await tenancy.tenant(code: part.profile.customer.code)
      try part.read.log.refuse(known, besides: customer?.id, source: source)
    }
    var works: [ProblemImportTransaction] = []
    for part in parts {
      try Task.checkCancellation()
      let setup = CustomerSetup(dispatcher: dispatcher, principal: principal, customer: part.profile.customer, requestId: requestId)
      // What would be made for a trial would be there afterwards.
      let customer = try await setup.run(creating: options.createsMissing && !options.isTrial)
      if customer?.isNew ?? true { report.created.append(part.profile.customer.code) }
      if let customer {
        works.append(
          ProblemImportTransaction(
            part: part, file: file, provider: provider, customer: customer.tenant, isNewCustomer: customer.isNew, principal: principal,
            requestId: requestId, tenancy: tenancy, progress: ofPart))
      } else if !options.createsMissing {
        throw setup.missing
      }
    }
    report.customers = parts.map(\.profile.customer.code)
    guard !options.isTrial else {
      report.count(new: read.log.newProblems(besides: known), of: read.log)
      return report
    }
    for work in works {
      try Task.checkCancellation()
      let bound = [provider.id, work.customer.id]
      let done = try await tenancy.transaction(binding: bound, side: .staff, statementTimeoutMilliseconds: 3_600_000) { try await work.run(in: $0) }
      report += done
      if works.count > 1 { progress(.sending(done: report.problems, all: Int64(read.log.incidents.count))) }
    }
    return report
  }
}

/// The part of an import of problems that writes. All or nothing, and safe to be begun anew.
struct ProblemImportTransaction: Sendable {
  let part: LogPart
  let file: LogFile
  let provider: TenantEntry
  let customer: TenantEntry
  let isNewCustomer: Bool
  let principal: Principal
  let requestId: String
  let tenancy: Tenancy
  let progress: @Sendable (ImportProgress) -> Void

  private var profile: ImportProfile { part.profile }
  private var log: IncidentLog { part.read.log }

  func run(in transaction: Transaction) async throws -> ProblemImportReport {
    let now = tenancy.clock.now()
    // Problems are the provider's, and so is their number in the source: two imports of one source come one after the other.
    try await transaction.execute(LockSource(tenant: provider.id, source: profile.source, now: now))
    let known = try await transaction.query(KnownProblems(provider: provider.id, source: profile.source))
    try log.refuse(known, besides: customer.id, source: profile.source)
    let new = log.newProblems(besides: known)
    var report = ProblemImportReport(fileName: file.name, read: part.read)
    report.customers = [customer.code]
    report.count(new: new, of: log)
    guard !new.isEmpty else {
      // Importing again changes nothing: not even the note that somebody tried.
      transaction.rollback()
      return report
    }
    let count = Int64(new.count)
    let ids = try await transaction.query(NextProblemIds(count: count))
    let problems = zip(new, ids).enumerated().map { offset, pair in
      IncomingProblem(
        index: pair.0, id: pair.1, publicId: tenancy.random.publicIdBits(), position: Int64(offset + 1), process: log.problem(pair.0))
    }
    try await send(problems, in: transaction)
    progress(.writing)
    transaction.enqueue(WriteEvents(tenant: provider.id, subjectKind: "problem", actor: principal.actor, now: now))
    let last = try await transaction.first(ReserveNumbers(tenant: provider.id, kind: "problem", count: count)) ?? count
    try await transaction.execute(
      WriteProblems(provider: provider.id, customer: customer.id, source: profile.source, numberBefore: last - count))
    try await transaction.execute(PendProblemTexts(provider: provider.id))

    // The note of the import is the customer's, and names the source as one of his.
    try await transaction.execute(LockSource(tenant: customer.id, source: profile.source, now: now))
    let record = customer.id(IdKind.importRecord.prefix, tenancy.random.publicIdBits())
    report.record = record
    var kept = report
    if isNewCustomer { kept.created = [customer.code] }
    transaction.enqueue(
      InsertImportRecord(
        tenant: customer.id, publicId: record, format: profile.format, source: profile.source, fileName: file.name, fileHash: part.read.fileHash,
        profileHash: profile.hash, report: kept.value, actor: principal.actor, now: now))
    transaction.audit(
      "import.run", subject: record,
      content: .object([
        "operator": .text(principal.name), "file": .text(file.name), "fileHash": .text(Hexadecimal.text(part.read.fileHash)),
        "profileHash": .text(Hexadecimal.text(profile.hash)), "problems": .integer(count),
      ]), in: customer.id, by: principal, requestId: requestId, tenancy: tenancy)
    return report
  }

  private func send(_ problems: [IncomingProblem], in transaction: Transaction) async throws {
    _ = try await transaction.query(IncomingTables.Events(), IncomingProblems())
    let rows = ProblemRows(log: log, profile: profile, customer: customer.id)
    let all = Int64(problems.count) * 2
    try await transaction.send(problems, to: "incoming_event", ImportTransaction.eventColumns) {
      try rows.appendEvents($0, to: &$1)
    } sent: { [progress] in
      progress(.sending(done: $0, all: all))
    }
    try await transaction.send(problems, to: "incoming_problem", ProblemRows.columns) {
      try rows.append($0, to: &$1)
    } sent: { [progress] in
      progress(.sending(done: all / 2 + $0, all: all))
    }
  }
}

extension IncidentLog {
  /// A number that is another customer's already is not this one's problem: to count it as known would lose the one of this log.
  func refuse(_ known: [KnownProblems.Found], besides customer: TenantId?, source: String) throws(Failure) {
    let others = Set(known.filter { $0.customer != nil && $0.customer != customer }.map(\.number))
    guard !others.isEmpty else { return }
    let taken = incidents.map { pool[$0.number] }.filter { others.contains($0) }
    guard !taken.isEmpty else { return }
    throw Failure(
      .conflict, ImportingMessages.problemsOfOthers,
      ["source": source, "count": String(taken.count), "numbers": taken.prefix(10).joined(separator: ", ")])
  }

  /// The problems that are not among these.
  func newProblems(besides known: [KnownProblems.Found]) -> [Int] {
    let known = Set(known.map(\.number))
    return incidents.indices.filter { !known.contains(pool[incidents[$0].number]) }
  }

  func problem(_ index: Int) -> ImportedProblem { ImportedProblem(rows[incidents[index].rows].map { ($0.state, $0.at) }) }
}
