import Kernel
import Operations

/// One of the staff who watches a problem, a change, a release or a major incident.
package struct StaffWatcherRecord: OperationOutput {
  let row: WatchersOfProcess.Found
  let staff: PublicId

  package static let fields: [OutputField<StaffWatcherRecord>] = [
    OutputField("staff", .id, "The member of the staff.", "服务商人员。") { .id($0.staff) },
    OutputField("name", .text, "Their name.", "姓名。") { .text($0.row.name) },
    OutputField("since", .instant, "Since when.", "开始关注的时间。") { .instant($0.row.since) },
  ]
}

/// What of it stands in the history, after the name of what is watched.
private enum WatchTurn: String {
  case watched, unwatched
}

/// The field that the operations on such watchers share.
private enum WatchFields {
  static let staff = Field.id("staff", .staff, "A member of the staff (default: oneself).", "服务商人员（默认本人）。").optional
}

/// A problem, a change, a release or a major incident whose watchers are asked for, as the caller sees it.
package struct WatchedRecord: Sendable {
  let subject: OfferSubject
  let version: Int64
  /// Who sees it.
  let readers: @Sendable () async throws -> Readership

  package init(_ subject: OfferSubject, version: Int64, readers: @escaping @Sendable () async throws -> Readership) {
    self.subject = subject
    self.version = version
    self.readers = readers
  }
}

/// A process whose records are watched.
package protocol WatchedProcess: NamesRecord {
  /// By which its history is told.
  associatedtype Note: NoteStatement
  /// One that the caller sees.
  static func find(_ id: PublicId, in context: OperationContext) async throws -> WatchedRecord
}

/// Who is to watch a record of a process.
package struct StaffWatchInput<Process: WatchedProcess>: OperationInput {
  let id: PublicId
  let staff: PublicId?

  package static var fields: [any InputField] { [Process.id, WatchFields.staff] }

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[Process.id]
    staff = try values[WatchFields.staff]
  }
}

/// Watchers of problems, changes, releases and major incidents: those of the staff who see them. The list needs no version and raises none: it stands
/// beside what is watched.
extension OperationContext {
  /// Somebody of the staff wants to be told what happens to a record. Who watches it already goes on to.
  package func watch<Process: WatchedProcess>(_ input: StaffWatchInput<Process>) async throws -> Done {
    let watched = try await Process.find(input.id, in: self)
    let told = try await watch(watched.subject, input.staff, readBy: try await watched.readers())
    return note(.watched, told, on: watched, input)
  }

  /// Somebody wants to be told of it no more.
  package func unwatch<Process: WatchedProcess>(_ input: StaffWatchInput<Process>) async throws -> Done {
    let watched = try await Process.find(input.id, in: self)
    return note(.unwatched, try await unwatch(watched.subject, input.staff), on: watched, input)
  }

  /// A page of those who watch a record.
  package func watchers<Process: WatchedProcess>(
    of process: Process.Type, _ id: PublicId, _ limit: Int64?, _ cursor: String?
  ) async throws -> Listing<StaffWatcherRecord> {
    let watched = try await Process.find(id, in: self)
    return try await watchers(of: watched.subject, id, limit, cursor, readBy: try await watched.readers())
  }

  /// - Parameter told: what the history says of it; nil: nothing changed.
  private func note<Process: WatchedProcess>(
    _ turn: WatchTurn, _ told: Value?, on watched: WatchedRecord, _ input: StaffWatchInput<Process>
  ) -> Done {
    subject(input.id)
    if let told {
      let (kind, record) = (watched.subject.kind, watched.subject.id)
      transaction.enqueue(Process.Note("\(kind).\(turn.rawValue)", told, on: record, of: provider.id, by: actor, at: now))
    }
    return Done(id: input.id, version: watched.version)
  }

  /// Puts a member of the staff on the list of those who are told.
  /// - Parameter staff: nil: the caller.
  /// - Returns: what the history says of it; nil where he watches it already: what did not change is not told.
  /// - Throws: ``Failure`` where there is no such member of the staff, or he does not see it: nobody else would be told anything.
  private func watch(_ subject: OfferSubject, _ staff: PublicId?, readBy readers: Readership) async throws -> Value? {
    let watcher = try await watching(staff) { staff in
      let statement = StaffToWatch(provider: self.provider.id, publicId: staff, readers: readers, now: self.now)
      guard let found = try await self.transaction.first(statement) else { return nil }
      guard found.sees else { throw Failure.invalid("staff", SpineMessages.mayNotSee) }
      return found.id
    }
    let insert = InsertProcessWatcher(provider: provider.id, subject: subject, watcher: watcher, now: now)
    return try await transaction.first(insert).map { _ in told(watcher) }
  }

  /// Takes somebody off the list, also who has left.
  /// - Returns: what the history says of it; nil where he did not watch it.
  private func unwatch(_ subject: OfferSubject, _ staff: PublicId?) async throws -> Value? {
    let watcher = try await watching(staff) { staff in
      try await self.transaction.first(StaffToFilterBy(provider: self.provider.id, publicId: staff))
    }
    let delete = DeleteProcessWatcher(provider: provider.id, subject: subject, account: watcher.id)
    return try await transaction.first(delete).map { _ in told(watcher) }
  }

  /// Those who see it still.
  private func watchers(
    of subject: OfferSubject, _ id: PublicId, _ limit: Int64?, _ cursor: String?, readBy readers: Readership
  ) async throws -> Listing<StaffWatcherRecord> {
    let filter = id.description
    let (most, after) = try page(limit, cursor, filter: filter)
    let rows = try await transaction.query(
      WatchersOfProcess(
        provider: provider.id, subject: subject, readers: readers, now: now, after: try after?.integer(0) ?? 0, limit: most + 1))
    return listing(rows, limit: most, filter: filter, key: { PageCursor([.integer($0.id)]) }) {
      StaffWatcherRecord(row: $0, staff: self.id(.staff, $0.publicId))
    }
  }

  /// Whom a call means; the operator at the machine and programs are nobody who could be told.
  /// - Parameter account: looks a member of the staff up who is named. Who means himself was let in.
  private func watching(_ staff: PublicId?, _ account: (PublicId) async throws -> Int64?) async throws -> Ticket.Reference {
    guard let staff else { return try await ownAccount(or: SpineMessages.whoOfStaff) }
    guard let found = try await account(staff) else { throw unknownReference("staff") }
    return Ticket.Reference(id: found, publicId: staff.random)
  }

  private func told(_ watcher: Ticket.Reference) -> Value { .object(["staff": .id(id(.staff, watcher.publicId))]) }
}
